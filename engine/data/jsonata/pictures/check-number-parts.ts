import { failure } from '../failure.ts';
import type { NumberParts } from './number-picture.ts';
import { count, type NumberSymbols } from './number-symbols.ts';

/** @throws JsonataFailure for the last rule of a picture's half that is broken, as JSONata does (XPath, 4.7.3) */
export function checkParts(parts: NumberParts, symbols: NumberSymbols): void {
  const broken = rules.filter(([, isBroken]) => isBroken(parts, symbols)).at(-1);
  if (broken !== undefined) throw failure(broken[0]);
}

const rules: readonly (readonly [code: string, isBroken: (parts: NumberParts, symbols: NumberSymbols) => boolean])[] = [
  ['D3081', ({ whole }, { decimal }) => isRepeated(whole, decimal)],
  ['D3082', ({ whole }, { percent }) => isRepeated(whole, percent)],
  ['D3083', ({ whole }, { perMille }) => isRepeated(whole, perMille)],
  ['D3084', ({ whole }, { percent, perMille }) => whole.includes(percent) && whole.includes(perMille)],
  ['D3085', ({ mantissa }, { isPlace }) => count(mantissa, isPlace) === 0],
  ['D3086', ({ active }, { isActive }) => count(active, isActive) < active.length],
  ['D3087', ({ whole }, { decimal, grouping }) => touches(whole, decimal, grouping)],
  ['D3088', ({ whole, integer }, { decimal, grouping }) => !whole.includes(decimal) && integer.slice(-1) === grouping],
  ['D3089', ({ whole }, { grouping }) => whole.includes(grouping + grouping)],
  ['D3090', ({ integer }, { digit, isDigit }) => count(before(integer, digit), isDigit) > 0],
  ['D3091', ({ fraction }, { digit, isDigit }) => count(afterLast(fraction, digit), isDigit) > 0],
  [
    'D3092',
    ({ whole, exponent = '' }, { percent, perMille }) =>
      exponent !== '' && (whole.includes(percent) || whole.includes(perMille)),
  ],
  [
    'D3093',
    ({ exponent }, { isDigit }) =>
      exponent !== undefined && (exponent === '' || count(exponent, isDigit) < exponent.length),
  ],
];

const isRepeated = (text: string, part: string): boolean => text.indexOf(part) !== text.lastIndexOf(part);

function touches(whole: string, decimal: string, grouping: string): boolean {
  const at = whole.indexOf(decimal);
  return at >= 0 && (whole.charAt(at - 1) === grouping || whole.charAt(at + 1) === grouping);
}

const before = (text: string, part: string): string => text.slice(0, Math.max(0, text.indexOf(part)));

function afterLast(text: string, part: string): string {
  const at = text.lastIndexOf(part);
  return at < 0 ? '' : text.slice(at);
}
