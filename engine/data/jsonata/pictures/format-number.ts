import { failure } from '../failure.ts';
import { roundHalfEven } from '../functions/round-half-even.ts';
import { allocate, type Meter, outOfTime, spend } from '../meter.ts';
import { type NumberPicture, readNumberPicture } from './number-picture.ts';
import { type NumberSymbols, numberSymbols } from './number-symbols.ts';

/**
 * Writes a number as a picture says: `#,##0.00`, `0.0e0`, `01%;(01%)`. (XPath, fn:format-number)
 * @throws JsonataFailure `D3080` to `D3093` when the picture is none
 */
export function formatNumber(
  value: number,
  picture: string,
  options: Readonly<Record<string, unknown>> | undefined,
  meter: Meter,
): string {
  spend(meter, 8 * picture.length);
  allocate(meter, 4 * picture.length + 400);
  const symbols = numberSymbols(options);
  const halves = picture.split(symbols.pattern);
  if (halves.length > 2) throw failure('D3080');
  const [positive, negative] = halves.map((half) => readNumberPicture(half, symbols));
  if (positive === undefined) throw failure('D3085');
  if (value >= 0) return format(value, positive, symbols, meter);
  return format(value, negative ?? { ...positive, prefix: symbols.minus + positive.prefix }, symbols, meter);
}

function format(value: number, picture: NumberPicture, symbols: NumberSymbols, meter: Meter): string {
  const { mantissa, exponent } = scaled(value * factorOf(picture, symbols), picture);
  const rounded = roundHalfEven(mantissa, picture.mostFraction);
  const [integer = '', fraction = ''] = Math.abs(rounded).toFixed(picture.mostFraction).split('.');
  const left = inScript(integer.replace(/^0+/, '').padStart(picture.leastInteger, '0'), symbols);
  const right = inScript(fraction.replace(/0+$/, '').padEnd(picture.leastFraction, '0'), symbols);
  const power = exponent === undefined ? '' : symbols.exponent + exponentText(exponent, picture, symbols);
  return picture.prefix + grouped(left, right, picture, symbols, meter) + power + picture.suffix;
}

function factorOf({ whole }: NumberPicture, { percent, perMille }: NumberSymbols): number {
  if (whole.includes(percent)) return 100;
  return whole.includes(perMille) ? 1000 : 1;
}

/** A mantissa with the number of digits that the picture wants, and its power of ten, if it wants any. */
function scaled(value: number, { leastExponent, scale }: NumberPicture): { mantissa: number; exponent?: number } {
  if (leastExponent === 0) return { mantissa: value };
  if (!Number.isFinite(value)) throw outOfTime(); // no power of ten would do
  let mantissa = Math.abs(value);
  let exponent = 0;
  while (mantissa !== 0 && mantissa < 10 ** (scale - 1)) {
    mantissa *= 10;
    exponent -= 1;
  }
  while (mantissa > 10 ** scale) {
    mantissa /= 10;
    exponent += 1;
  }
  return { mantissa, exponent };
}

/** With grouping separators. Positions beyond the digits are counted through the whole number, as JSONata does. */
function grouped(
  integer: string,
  fraction: string,
  { grouping, integerGroups, fractionGroups, whole }: NumberPicture,
  symbols: NumberSymbols,
  meter: Meter,
): string {
  const groups = grouping > 0 ? multiples(grouping, integer.length) : integerGroups;
  spend(meter, (integer.length + fraction.length) * (1 + groups.length + fractionGroups.length));
  let text = integer + symbols.decimal + fraction;
  let decimalAt = integer.length;
  const insert = (at: number) => {
    text = text.slice(0, at) + symbols.grouping + text.slice(at);
  };
  for (const position of groups) insert(decimalAt++ - position);
  decimalAt = text.indexOf(symbols.decimal);
  for (const position of fractionGroups) insert(position + decimalAt + 1);
  decimalAt = text.indexOf(symbols.decimal);
  const bare = !whole.includes(symbols.decimal) || decimalAt === text.length - 1;
  return bare ? text.slice(0, -1) : text;
}

/** Of the step, those that are less than the length, the largest first. */
const multiples = (step: number, length: number): number[] =>
  Array.from({ length: Math.max(0, Math.floor((length - 1) / step)) }, (_, at) => step * (at + 1)).reverse();

function exponentText(exponent: number, { leastExponent }: NumberPicture, symbols: NumberSymbols): string {
  const digits = String(Math.abs(exponent)).padStart(leastExponent, '0');
  return (exponent < 0 ? symbols.minus : '') + inScript(digits, symbols);
}

/** The digits of the script whose zero was asked for. */
function inScript(digits: string, { zero }: NumberSymbols): string {
  if (zero === '0') return digits;
  return digits.replace(/[0-9]/g, (digit) => String.fromCharCode(zero.charCodeAt(0) + Number(digit)));
}
