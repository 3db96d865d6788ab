/**
 * The nearest number with so many decimals, the even one of two. Moves the decimal point in the number's text, where
 * multiplying would add errors of its own.
 * @param precision decimals; negative rounds to tens, hundreds …
 */
export function roundHalfEven(value: number, precision?: number): number {
  const shifted = shift(value, precision);
  const nearest = Math.round(shifted); // up, in the middle
  const even = Math.abs(nearest - shifted) === 0.5 && Math.abs(nearest % 2) === 1 ? nearest - 1 : nearest;
  const result = shift(even, precision && -precision);
  return result === 0 ? 0 : result; // never -0
}

function shift(value: number, places?: number): number {
  if (!places) return value;
  const [digits, exponent] = value.toString().split('e');
  return Number(`${digits}e${exponent === undefined ? places : Number(exponent) + places}`);
}
