import type { Json } from '../json.ts';
import type { Scanner } from '../scanner.ts';
import { parseQuoted } from './parse-quoted.ts';

const words: Readonly<Record<string, Json>> = { true: true, false: false, null: null };

/** A constant in a filter: a text, a number, true, false, null, or an array or object of these. @throws ExpressionSyntaxError */
export function parseLiteral(scanner: Scanner): Json {
  const first = scanner.peek();
  if (first === "'" || first === '"') return parseQuoted(scanner);
  if (first === '[') return readItems(scanner, '[', ']', () => parseLiteral(scanner));
  if (first === '{') return Object.fromEntries(readItems(scanner, '{', '}', () => readMember(scanner)));
  const number = scanner.take(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
  if (number !== '') return Number(number);
  const word = scanner.take(/true|false|null/y);
  return words[word] ?? (word === 'null' ? null : scanner.fail('expected a value'));
}

function readMember(scanner: Scanner): [string, Json] {
  const key = parseQuoted(scanner);
  scanner.skipSpaces();
  scanner.expect(':');
  scanner.skipSpaces();
  return [key, parseLiteral(scanner)];
}

function readItems<Item>(scanner: Scanner, open: string, close: string, read: () => Item): Item[] {
  scanner.expect(open);
  const items: Item[] = [];
  for (scanner.skipSpaces(); !scanner.eat(close); scanner.skipSpaces()) {
    if (items.length > 0) scanner.expect(',');
    scanner.skipSpaces();
    items.push(read());
  }
  return items;
}
