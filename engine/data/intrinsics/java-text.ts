import { isObject, type Json } from '../json.ts';

/** A value as Java prints it, which is how AWS writes objects and arrays: `{Arg1=1, Arg2=[]}`. */
export function javaText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([key, each]) => `${key}=${javaText(each)}`)
      .join(', ')}}`;
  return typeof value === 'number' ? javaNumber(value) : `${value as string | boolean | null}`;
}

/** Java writes a fraction as `1.5E-4` below a thousandth and from ten million on. */
function javaNumber(number: number): string {
  const size = Math.abs(number);
  if (Number.isInteger(number) || (size >= 1e-3 && size < 1e7)) return String(number);
  const [digits = '', exponent = ''] = number.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`;
}
