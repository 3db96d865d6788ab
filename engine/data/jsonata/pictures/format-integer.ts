import { failure } from '../failure.ts';
import { allocate, type Meter } from '../meter.ts';
import type { IntegerPicture } from './integer-picture.ts';
import { numberWords } from './number-words.ts';
import { lettersOf, romanOf } from './numerals.ts';

/**
 * Writes a whole, finite number as the picture says.
 * @throws JsonataFailure `D3130` for a picture without digits that is none of the styles
 */
export function formatInteger(value: number, picture: IntegerPicture, meter: Meter): string {
  allocate(meter, 64 + 2 * picture.mandatoryDigits);
  const text = formatPositive(Math.abs(value), picture, meter);
  return value < 0 ? `-${text}` : text;
}

function formatPositive(value: number, picture: IntegerPicture, meter: Meter): string {
  const upper = picture.letterCase === 'upper';
  switch (picture.style) {
    case 'letters':
      return lettersOf(value, upper ? 'A' : 'a');
    case 'roman': {
      const roman = romanOf(value, meter);
      return upper ? roman.toUpperCase() : roman;
    }
    case 'words': {
      const words = numberWords(value, picture.ordinal);
      if (picture.letterCase === 'title') return words;
      return upper ? words.toUpperCase() : words.toLowerCase();
    }
    case 'digits':
      return withSuffix(withSeparators(digitsOf(value, picture), picture), picture);
    default:
      throw failure('D3130', { value: picture.text });
  }
}

function digitsOf(value: number, { mandatoryDigits, zero }: IntegerPicture): string {
  const text = String(value).padStart(mandatoryDigits, '0');
  if (zero === 48) return text;
  return Array.from(text, (digit) => String.fromCodePoint((digit.codePointAt(0) ?? 48) + zero - 48)).join('');
}

function withSeparators(digits: string, { everyDigits, separators }: IntegerPicture): string {
  const [first] = separators;
  if (everyDigits === 0 || first === undefined) return separators.toReversed().reduce(insertSeparator, digits);
  const groups = [];
  for (let end = digits.length; end > 0; end -= everyDigits)
    groups.unshift(digits.slice(Math.max(0, end - everyDigits), end));
  return groups.join(first.character);
}

/** Where there are fewer digits than to its right, JSONata keeps only the last of them. */
function insertSeparator(digits: string, { position, character }: IntegerPicture['separators'][number]): string {
  const at = digits.length - position;
  return digits.slice(0, Math.max(0, at)) + character + digits.slice(at);
}

function withSuffix(digits: string, { ordinal }: IntegerPicture): string {
  if (!ordinal) return digits;
  const teen = digits.length > 1 && digits.at(-2) === '1';
  const suffix = { '1': 'st', '2': 'nd', '3': 'rd' }[digits.at(-1) ?? ''];
  return digits + (teen || suffix === undefined ? 'th' : suffix);
}
