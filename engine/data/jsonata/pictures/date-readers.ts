import { failure } from '../failure.ts';
import { dayNames, monthNames } from './date-names.ts';
import type { DateMarker } from './date-picture.ts';
import type { IntegerPicture } from './integer-picture.ts';
import { wordValues } from './number-words.ts';
import { parseInteger } from './parse-integer.ts';

/** How one part of a date is found in a text, whatever its case, and what it says. */
export interface DateReader {
  readonly pattern: string;
  /** undefined for a name that is none. */
  read(text: string): number | undefined;
}

/** @throws JsonataFailure `D3130`, `D3133` when the marker cannot be read */
export function readerOf(marker: DateMarker): DateReader {
  const { component, integer } = marker;
  if (component === 'Z' || component === 'z') return zoneReader(marker);
  if (integer !== undefined) return integerReader(integer, marker.digits);
  const values = namesOf(marker);
  return { pattern: '[a-zA-Z]+', read: (text) => values.get(text) };
}

function namesOf({ component, mostWidth }: DateMarker): ReadonlyMap<string, number> {
  const short = (name: string) => (mostWidth ? name.slice(0, mostWidth) : name);
  if (component === 'M' || component === 'x') return new Map(monthNames.map((name, at) => [short(name), at + 1]));
  if (component === 'F') return new Map(dayNames.slice(1).map((name, at) => [short(name), at + 1]));
  if (component !== 'P') throw failure('D3133', { value: component });
  return new Map([
    ['am', 0],
    ['AM', 0],
    ['pm', 1],
    ['PM', 1],
  ]);
}

/** The offset in minutes. */
function zoneReader({ component, integer }: DateMarker): DateReader {
  const separator = integer !== undefined && integer.everyDigits > 0 ? integer.separators[0]?.character : undefined;
  const prefix = component === 'z' ? 'GMT' : '';
  return {
    pattern: `${prefix}[-+][0-9]+${separator === undefined ? '' : `${separator}[0-9]+`}`,
    read(text) {
      const offset = text.slice(prefix.length);
      if (separator !== undefined) return minutesOf(offset, offset.indexOf(separator), separator.length);
      return offset.length <= 3 ? Number.parseInt(offset, 10) * 60 : minutesOf(offset, 3, 0);
    },
  };
}

/** @param at where the hours end @param gap between hours and minutes */
const minutesOf = (offset: string, at: number, gap: number): number =>
  Number.parseInt(offset.slice(0, at), 10) * 60 + Number.parseInt(offset.slice(at + gap), 10);

function integerReader(picture: IntegerPicture, digits: number | undefined): DateReader {
  const read = (text: string) => parseInteger(text, picture);
  const upper = picture.letterCase === 'upper';
  switch (picture.style) {
    case 'letters':
      return { pattern: upper ? '[A-Z]+' : '[a-z]+', read };
    case 'roman':
      return { pattern: upper ? '[MDCLXVI]+' : '[mdclxvi]+', read };
    case 'words':
      return { pattern: `(?:${[...wordValues().keys(), 'and', '[\\-, ]'].join('|')})+`, read };
    case 'digits':
      return { pattern: `[0-9]${timesOf(picture, digits)}${picture.ordinal ? '(?:th|st|nd|rd)' : ''}`, read };
    default:
      throw failure('D3130', { value: picture.text });
  }
}

function timesOf({ optionalDigits }: IntegerPicture, digits: number | undefined): string {
  if (digits === undefined || digits <= 0) return '+';
  return optionalDigits === 0 ? `{${digits}}` : `{${digits - optionalDigits},${digits}}`;
}
