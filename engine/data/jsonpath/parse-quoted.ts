import type { Scanner } from '../scanner.ts';

const control: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** A text in single or double quotes, with JSON's escapes and `\'`. @throws ExpressionSyntaxError */
export function parseQuoted(scanner: Scanner): string {
  const inner = scanner.take(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/sy);
  if (inner === '') return scanner.fail('expected a text in quotes');
  return inner
    .slice(1, -1)
    .replaceAll(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, unit: string | undefined, character: string) =>
      unit === undefined ? (control[character] ?? character) : String.fromCharCode(Number.parseInt(unit, 16)),
    );
}
