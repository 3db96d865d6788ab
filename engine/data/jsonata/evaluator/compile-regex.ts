import { failure } from '../failure.ts';
import { allocate } from '../meter.ts';
import { compilePattern } from '../patterns/compile-pattern.ts';
import { matchPattern } from '../patterns/match-pattern.ts';
import { type Callable, callable } from './callable.ts';
import type { Code } from './frame.ts';

/** What a regular expression, or a function in its place, finds in a text. */
export interface Match {
  readonly match: string;
  readonly start: number;
  readonly end: number;
  readonly groups: readonly unknown[];
  /** Gives the match after this one; a function in place of a pattern may leave it out. */
  readonly next: Callable | undefined;
}

/** `/pattern/`: a function from a text to its first match. */
export function compileRegex({ source, flags }: RegExp): Code {
  const pattern = compilePattern(source, flags);
  const find = (text: string, from: number, run: Parameters<Callable>[2]): Match | undefined => {
    const spans = matchPattern(pattern, text, from, run.meter);
    if (spans === undefined) return undefined;
    allocate(run.meter, 64 + 16 * spans.length);
    const [match = '', ...groups] = spans.map((span) => (span === undefined ? undefined : text.slice(...span)));
    const [start, end] = spans[0] ?? [0, 0];
    const next = callable((_, __, again) => nextAfter(end, text, again), { arity: 0, truthy: false });
    return { match, start, end, groups, next };
  };
  const nextAfter = (end: number, text: string, run: Parameters<Callable>[2]) => {
    if (end >= text.length) return undefined;
    const next = find(text, end, run);
    if (next?.match === '') throw failure('D1004', { value: source }); // it would be found again for ever
    return next;
  };
  const matcher = callable(([text, from], _, run) => find(String(text), Number(from) || 0, run), {
    arity: 2,
    truthy: false,
  });
  return () => matcher;
}
