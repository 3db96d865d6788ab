import { failure } from '../failure.ts';
import { toText } from '../evaluator/to-text.ts';
import { allocate, outOfMemory, spend } from '../meter.ts';
import { findText } from './find-text.ts';
import type { Run } from '../evaluator/frame.ts';
import { native, type Natives } from './native.ts';

/** (JSONata, "String functions"); those that take patterns are in pattern-functions.ts. */
export const textFunctions: Natives = {
  string: native('<x-b?:s>', 1, (run, value, prettify?: boolean) =>
    toText(value, run.meter, prettify === true ? 2 : 0),
  ),
  length: native('<s-:n>', 1, (run, text?: string) =>
    text === undefined ? undefined : charactersOf(text, run).length,
  ),
  substring: native('<s-nn?:s>', 3, substring),
  substringBefore: native('<s-s:s>', 2, (run, text: string | undefined, part: unknown) => cut(run, text, part)?.before),
  substringAfter: native('<s-s:s>', 2, (run, text: string | undefined, part: unknown) => cut(run, text, part)?.after),
  lowercase: native('<s-:s>', 1, (run, text?: string) => text && made(text.toLowerCase(), run)),
  uppercase: native('<s-:s>', 1, (run, text?: string) => text && made(text.toUpperCase(), run)),
  trim: native(
    '<s-:s>',
    1,
    (run, text?: string) =>
      text &&
      made(text, run)
        .replace(/[ \t\n\r]+/g, ' ')
        .replace(/^ | $/g, ''),
  ),
  pad: native('<s-ns?:s>', 3, pad),
  join: native('<a<s>s?:s>', 2, join),
};

function made(text: string, run: Run): string {
  spend(run.meter, text.length >> 4);
  allocate(run.meter, text.length);
  return text;
}

/** Characters, not UTF-16 units. */
function charactersOf(text: string, run: Run): readonly string[] {
  spend(run.meter, text.length >> 2);
  return Array.from(text);
}

function substring(run: Run, text: string | undefined, start: number, length?: number): string | undefined {
  if (text === undefined) return undefined;
  const characters = charactersOf(text, run);
  const from = characters.length + start < 0 ? 0 : start;
  if (length === undefined) return characters.slice(from).join('');
  if (length <= 0) return '';
  return characters.slice(from, (from >= 0 ? 0 : characters.length) + from + length).join('');
}

/** A text before and after the first place where a part of it stands; the text twice where it does not. */
function cut(run: Run, text: string | undefined, part: unknown): { before: string; after: string } | undefined {
  if (text === undefined) return undefined;
  const sought = String(part); // JSONata looks for "undefined" when there is nothing to look for
  const at = findText(text, sought, 0, run.meter);
  return at < 0 ? { before: text, after: text } : { before: text.slice(0, at), after: text.slice(at + sought.length) };
}

/** To the right for a positive width, to the left for a negative one. */
function pad(run: Run, text: string | undefined, width: number, filler = ' '): string | undefined {
  if (text === undefined) return undefined;
  const missing = Math.floor(Math.abs(width) - charactersOf(text, run).length);
  if (!(missing > 0)) return text;
  if (missing === Number.POSITIVE_INFINITY) throw outOfMemory();
  allocate(run.meter, missing + text.length);
  const characters = filler === '' ? [' '] : Array.from(filler);
  const rounds = Math.floor(missing / characters.length);
  const padding = characters.join('').repeat(rounds) + characters.slice(0, missing % characters.length).join('');
  return width > 0 ? text + padding : padding + text;
}

function join(run: Run, texts: readonly string[] | undefined, separator = ''): string | undefined {
  if (texts === undefined) return undefined;
  if (!Array.isArray(texts)) throw failure('T0412', { value: texts, index: 1, type: 'strings' });
  spend(run.meter, texts.length);
  let length = separator.length * texts.length;
  for (const text of texts) length += String(text).length;
  allocate(run.meter, length);
  return texts.join(separator);
}
