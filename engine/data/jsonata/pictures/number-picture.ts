import { checkParts } from './check-number-parts.ts';
import { regularStep } from './integer-picture.ts';
import { count, type NumberSymbols } from './number-symbols.ts';

/** One half of a number picture, taken apart. */
export interface NumberParts {
  readonly whole: string;
  readonly prefix: string;
  readonly suffix: string;
  /** Between prefix and suffix. */
  readonly active: string;
  readonly mantissa: string;
  readonly integer: string;
  readonly fraction: string;
  /** undefined when there is no exponent separator. */
  readonly exponent: string | undefined;
}

/** How numbers of one sign are written. */
export interface NumberPicture {
  readonly whole: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly leastInteger: number;
  readonly leastFraction: number;
  readonly mostFraction: number;
  readonly leastExponent: number;
  /** Digits before the decimal separator of a mantissa. */
  readonly scale: number;
  /** Digits between grouping separators, where all distances are the same; else 0. */
  readonly grouping: number;
  /** Digits to the right of each grouping separator of the integer. */
  readonly integerGroups: readonly number[];
  /** Digits to the left of each grouping separator of the fraction. */
  readonly fractionGroups: readonly number[];
}

/** Reads one half of a picture. @throws JsonataFailure `D3081` to `D3093` when it is none */
export function readNumberPicture(whole: string, symbols: NumberSymbols): NumberPicture {
  const parts = partsOf(whole, symbols);
  checkParts(parts, symbols);
  return analyse(parts, symbols);
}

function partsOf(whole: string, symbols: NumberSymbols): NumberParts {
  const isEdge = (character: string) => symbols.isActive(character) && character !== symbols.exponent;
  let start = 0;
  while (start < whole.length && !isEdge(whole.charAt(start))) start++;
  let end = whole.length;
  while (end > 0 && !isEdge(whole.charAt(end - 1))) end--;
  if (start === whole.length) [start, end] = [0, whole.length]; // nothing active: let the check say what is wrong
  const [prefix, active, suffix] = [whole.slice(0, start), whole.slice(start, end), whole.slice(end)];
  const exponentAt = whole.indexOf(symbols.exponent, start);
  const scientific = exponentAt >= 0 && exponentAt <= end;
  // JSONata counts from the start of the picture here, with the prefix or without.
  const mantissa = scientific ? active.slice(0, exponentAt) : active;
  const decimalAt = mantissa.indexOf(symbols.decimal);
  return {
    whole,
    prefix,
    suffix,
    active,
    mantissa,
    integer: decimalAt < 0 ? mantissa : mantissa.slice(0, decimalAt),
    fraction: decimalAt < 0 ? suffix : mantissa.slice(decimalAt + 1),
    exponent: scientific ? active.slice(exponentAt + 1) : undefined,
  };
}

function analyse(parts: NumberParts, symbols: NumberSymbols): NumberPicture {
  const { whole, prefix, suffix, integer, fraction, exponent } = parts;
  const scale = count(integer, symbols.isDigit);
  const integerGroups = groupsOf(parts, symbols);
  let leastInteger = scale;
  let leastFraction = count(fraction, symbols.isDigit);
  let mostFraction = count(fraction, symbols.isPlace);
  const scientific = exponent !== undefined;
  if (leastInteger === 0 && mostFraction === 0) {
    if (scientific) leastFraction = mostFraction = 1;
    else leastInteger = 1;
  }
  if (scientific && leastInteger === 0 && integer.includes(symbols.digit)) leastInteger = 1;
  if (leastInteger === 0 && leastFraction === 0) leastFraction = 1;
  return {
    whole,
    prefix,
    suffix,
    leastInteger,
    leastFraction,
    mostFraction,
    leastExponent: scientific ? count(exponent, symbols.isDigit) : 0,
    scale,
    grouping: regularStep(integerGroups),
    integerGroups,
    fractionGroups: fractionGroupsOf(parts, symbols),
  };
}

/** Of the integer, the number of digits to the right of each separator. */
function groupsOf({ integer }: NumberParts, symbols: NumberSymbols): number[] {
  const total = count(integer, symbols.isPlace);
  let before = 0;
  const positions: number[] = [];
  for (let at = 0; at < integer.length; at++) {
    const character = integer.charAt(at);
    if (symbols.isPlace(character)) before++;
    if (character === symbols.grouping) positions.push(total - before);
  }
  return positions;
}

/** Of the fraction, the number of digits to the left of its first separator; JSONata looks for the others in the integer. */
function fractionGroupsOf({ integer, fraction }: NumberParts, symbols: NumberSymbols): number[] {
  const { grouping, isPlace } = symbols;
  if (grouping === '') return [];
  const positions: number[] = [];
  for (let at = fraction.indexOf(grouping); at >= 0; at = integer.indexOf(grouping, at + 1))
    positions.push(count(fraction.slice(0, at), isPlace));
  return positions;
}
