import { failure } from '../failure.ts';
import type { IntegerPicture } from './integer-picture.ts';
import { parseWords } from './number-words.ts';
import { parseLetters, parseRoman } from './numerals.ts';

/**
 * Reads what `formatInteger` writes with the same picture; anything else gives some number or NaN, as in JSONata.
 * @throws JsonataFailure `D3130` for a picture without digits that is none of the styles
 */
export function parseInteger(text: string, picture: IntegerPicture): number {
  const upper = picture.letterCase === 'upper';
  switch (picture.style) {
    case 'letters':
      return parseLetters(text, upper ? 'A' : 'a');
    case 'roman':
      return parseRoman(upper ? text : text.toUpperCase());
    case 'words':
      return parseWords(text.toLowerCase());
    case 'digits':
      return Number.parseInt(plainDigits(text, picture)); // without a base: JSONata reads 0x too
    default:
      throw failure('D3130', { value: picture.text });
  }
}

function plainDigits(text: string, { ordinal, everyDigits, separators, zero }: IntegerPicture): string {
  const number = ordinal ? text.slice(0, -2) : text;
  const separating = everyDigits > 0 ? [','] : separators.map(({ character }) => character); // regular ones are taken for commas
  const digits = separating.reduce((left, character) => left.replaceAll(character, ''), number);
  if (zero === 48) return digits;
  return Array.from(digits, (digit) => String.fromCodePoint((digit.codePointAt(0) ?? zero) - zero + 48)).join('');
}
