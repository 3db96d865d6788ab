import { apply, isCallable } from '../evaluator/callable.ts';
import type { Match } from '../evaluator/compile-regex.ts';
import type { Run } from '../evaluator/frame.ts';
import { asSequence, type List } from '../evaluator/list.ts';
import { toText } from '../evaluator/to-text.ts';
import { failure } from '../failure.ts';
import { allocate, allocateList, spend } from '../meter.ts';
import { fillReplacement } from './fill-replacement.ts';
import { findText } from './find-text.ts';
import { native, type Natives } from './native.ts';

/** Those that look for a text or for what a function finds, which a regular expression is. (JSONata, "String functions") */
export const patternFunctions: Natives = {
  contains: native('<s-(sf):b>', 2, contains),
  match: native('<s-f<s:o>n?:a<o>>', 3, match),
  replace: native('<s-(sf)(sf)n?:s>', 4, replace),
  split: native('<s-(sf)n?:a<s>>', 3, split),
};

function contains(run: Run, text: string | undefined, part: unknown): boolean | undefined {
  if (text === undefined || part === undefined) return undefined;
  return typeof part === 'string' ? findText(text, part, 0, run.meter) >= 0 : matchOf(part, [text], run) !== undefined;
}

function match(run: Run, text: string | undefined, pattern: unknown, limit?: number): List | undefined {
  if (text === undefined) return undefined;
  if (limit !== undefined && limit < 0) throw failure('D3040', { value: limit, index: 3 });
  const found: unknown[] = [];
  for (const { match, start, groups } of matches(text, pattern, limit, run))
    found.push({ match, index: start, groups });
  allocateList(run.meter, found.length);
  return asSequence(found);
}

function split(run: Run, text: string | undefined, separator: unknown, limit?: number): string[] | undefined {
  if (text === undefined) return undefined;
  if (limit !== undefined && limit < 0) throw failure('D3020', { value: limit, index: 3 });
  const parts =
    typeof separator === 'string' ? splitAt(text, separator, limit, run) : splitBy(text, separator, limit, run);
  allocateList(run.meter, parts.length);
  return parts;
}

function splitAt(text: string, separator: string, limit: number | undefined, run: Run): string[] {
  const most = limit === undefined ? Number.POSITIVE_INFINITY : Math.floor(limit);
  if (separator === '') {
    allocateList(run.meter, Math.min(text.length, most));
    return text.slice(0, most).split('');
  }
  const parts: string[] = [];
  let from = 0;
  while (parts.length < most) {
    const at = findText(text, separator, from, run.meter);
    spend(run.meter, 1);
    parts.push(text.slice(from, at < 0 ? text.length : at));
    if (at < 0) break;
    from = at + separator.length;
  }
  return parts;
}

function splitBy(text: string, separator: unknown, limit: number | undefined, run: Run): string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { start, end } of matches(text, separator, limit, run)) {
    parts.push(text.slice(from, Math.max(from, start)));
    from = end;
  }
  if (limit === undefined || parts.length < limit) parts.push(text.slice(from));
  return parts;
}

function replace(
  run: Run,
  text: string | undefined,
  pattern: unknown,
  replacement: unknown,
  limit?: number,
): string | undefined {
  if (text === undefined) return undefined;
  if (pattern === '') throw failure('D3010', { value: pattern, index: 2 });
  if (limit !== undefined && limit < 0) throw failure('D3011', { value: limit, index: 4 });
  const parts: string[] = [];
  let length = 0;
  const add = (part: string) => {
    length += part.length;
    allocate(run.meter, part.length + 8);
    parts.push(part);
  };
  let from = 0;
  const found = typeof pattern === 'string' ? places(text, pattern, limit, run) : matches(text, pattern, limit, run);
  for (const each of found) {
    add(text.slice(from, each.start));
    add(typeof pattern === 'string' ? (toText(replacement, run.meter) ?? '') : replacementOf(each, replacement, run));
    from = each.start + each.match.length;
  }
  add(text.slice(from));
  allocate(run.meter, length);
  return parts.join('');
}

function replacementOf(found: Match, replacement: unknown, run: Run): string {
  if (typeof replacement === 'string') {
    const groups = found.groups.map((group) => toText(group, run.meter));
    return fillReplacement(replacement, found.match, groups);
  }
  const value = apply(replacement, [found], null, run);
  if (typeof value !== 'string') throw failure('D3012', { value });
  return value;
}

/** Each place where a text stands. */
function* places(text: string, part: string, limit = Number.POSITIVE_INFINITY, run: Run): Iterable<Match> {
  let from = 0;
  for (let count = 0; count < limit; count++) {
    const start = findText(text, part, from, run.meter);
    spend(run.meter, 1);
    if (start < 0) return;
    from = start + part.length;
    yield { match: part, start, end: from, groups: [], next: undefined };
  }
}

/** What a matcher finds, one after the other. */
function* matches(text: string, matcher: unknown, limit = Number.POSITIVE_INFINITY, run: Run): Iterable<Match> {
  if (!(limit > 0)) return;
  let found = matchOf(matcher, [text], run);
  for (let count = 0; found !== undefined && count < limit; count++) {
    spend(run.meter, 1);
    yield found;
    found = found.next === undefined ? undefined : matchOf(found.next, [], run);
  }
}

/** @throws JsonataFailure `T1010` when what the function gives looks like no match at all */
function matchOf(matcher: unknown, args: readonly unknown[], run: Run): Match | undefined {
  const found = apply(matcher, args, null, run);
  if (!found) return undefined;
  const { match, start, end, groups, next } = Object(found) as Partial<Match>;
  if (!(typeof start === 'number' || typeof end === 'number' || Array.isArray(groups) || isCallable(next)))
    throw failure('T1010');
  const text = typeof match === 'string' ? match : '';
  return { match: text, start: start ?? 0, end: end ?? 0, groups: Array.isArray(groups) ? groups : [], next };
}
