import type { EpochMs } from '../../instant.ts';
import { type Meter, spend } from '../meter.ts';
import { compilePattern } from '../patterns/compile-pattern.ts';
import { matchPattern } from '../patterns/match-pattern.ts';
import { completeDate, type DateValues } from './complete-date.ts';
import { type DatePiece, readDatePicture } from './date-picture.ts';
import { type DateReader, readerOf } from './date-readers.ts';

/**
 * The milliseconds since 1970 of a date written as the picture says; undefined when it is written otherwise.
 * Parts above the largest one given are those of `now`, parts below the smallest one are the earliest.
 * @throws SyntaxError when a separator in the picture upsets the pattern it becomes
 * @throws JsonataFailure `D3136` when the picture leaves out a part in between, `D3130` to `D3135` when it is none
 */
export function parseDate(text: string, picture: string, now: EpochMs, meter: Meter): number | undefined {
  spend(meter, picture.length);
  const readers = readDatePicture(picture).map(readerOfPiece);
  const { source, flags } = new RegExp(`^${readers.map(({ pattern }) => `(${pattern})`).join('')}$`, 'i');
  const spans = matchPattern(compilePattern(source, flags), text, 0, meter);
  if (spans === undefined) return undefined;
  const values: DateValues = {};
  for (const [at, { component, read }] of readers.entries()) {
    const span = spans[at + 1];
    if (component !== undefined && span !== undefined) values[component] = read(text.slice(...span));
  }
  return Object.keys(values).length === 0 ? undefined : completeDate(values, new Date(now));
}

interface PieceReader extends DateReader {
  /** undefined for text. */
  readonly component: string | undefined;
}

function readerOfPiece(piece: DatePiece): PieceReader {
  if (piece.literal === undefined) return { component: piece.component, ...readerOf(piece) };
  const pattern = piece.literal.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return { component: undefined, pattern, read: () => undefined };
}
