/** The characters that a number picture and the numbers written with it use. (XPath, "Decimal formats") */
export interface NumberSymbols {
  readonly decimal: string;
  readonly grouping: string;
  readonly exponent: string;
  readonly minus: string;
  readonly percent: string;
  readonly perMille: string;
  readonly zero: string;
  /** Stands for an optional digit. */
  readonly digit: string;
  readonly pattern: string;
  isDigit(character: string): boolean;
  /** A digit, optional or not. */
  isPlace(character: string): boolean;
  /** Whether it has a meaning in a picture. */
  isActive(character: string): boolean;
}

/** @param options by the names that XPath gives them: `decimal-separator` … */
export function numberSymbols(options: Readonly<Record<string, unknown>> = {}): NumberSymbols {
  const read = (name: string, usual: string): string => String(Object.hasOwn(options, name) ? options[name] : usual);
  const zero = read('zero-digit', '0');
  const [decimal, grouping] = [read('decimal-separator', '.'), read('grouping-separator', ',')];
  const [exponent, digit] = [read('exponent-separator', 'e'), read('digit', '#')];
  const pattern = read('pattern-separator', ';');
  const first = zero.charCodeAt(0);
  const digits = new Set(Array.from({ length: 10 }, (_, value) => String.fromCharCode(first + value)));
  const active = new Set([...digits, decimal, exponent, grouping, digit, pattern]);
  return {
    decimal,
    grouping,
    exponent,
    minus: read('minus-sign', '-'),
    percent: read('percent', '%'),
    perMille: read('per-mille', '\u2030'),
    zero,
    digit,
    pattern,
    isDigit: (character) => digits.has(character),
    isPlace: (character) => digits.has(character) || character === digit,
    isActive: (character) => active.has(character),
  };
}

export const count = (text: string, is: (character: string) => boolean): number => {
  let number = 0;
  for (let at = 0; at < text.length; at++) if (is(text.charAt(at))) number++;
  return number;
};
