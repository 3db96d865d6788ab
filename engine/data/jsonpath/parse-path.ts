import { deepestNesting } from '../json.ts';
import { scan, type Scanner } from '../scanner.ts';
import { parseFilter } from './parse-filter.ts';
import { parseQuoted } from './parse-quoted.ts';
import { pathFunctions } from './path-functions.ts';
import type { PathSyntax, Root, Step } from './syntax.ts';

/**
 * The syntax of a path: `$` the input, `$$` the context, `$name` a variable.
 * @throws ExpressionSyntaxError `SCHEMA_VALIDATION_FAILED`
 */
export function parsePath(text: string): PathSyntax {
  const scanner = scan(text);
  const path = readPath(scanner);
  if (!scanner.atEnd())
    scanner.fail(`'${scanner.peek()}' cannot stand in a path; names with such characters go in ['…']`);
  return path;
}

/** A path that may be part of a larger text; stops after its last step. */
export function readPath(scanner: Scanner): PathSyntax {
  const root = readRoot(scanner);
  const steps: Step[] = [];
  while (scanner.peek() === '.' || scanner.peek() === '[') readSteps(scanner, steps);
  if (steps.length > deepestNesting) scanner.fail(`a path has at most ${deepestNesting} steps`);
  if (steps.at(-1)?.kind === 'descend') scanner.fail("'..' must be followed by a name, '*' or '['");
  return { root, steps };
}

function readRoot(scanner: Scanner): Root {
  if (scanner.eat('@')) return { kind: 'item' };
  if (scanner.eat('$$')) return { kind: 'context' };
  if (!scanner.eat('$')) return scanner.fail("a path starts with '$'");
  const name = scanner.take(/[\p{L}_][\p{L}\p{N}_]*/uy);
  return name === '' ? { kind: 'input' } : { kind: 'variable', name };
}

function readSteps(scanner: Scanner, steps: Step[]): void {
  if (scanner.eat('..')) steps.push({ kind: 'descend' });
  else if (!scanner.eat('.')) return void steps.push(readBracket(scanner));
  if (scanner.eat('*')) steps.push({ kind: 'wildcard' });
  else if (scanner.peek() !== '[') steps.push(readName(scanner));
}

function readName(scanner: Scanner): Step {
  const name = scanner.take(/[^.[()\]\s,'"=!<>&|~]+/y);
  if (name === '') return scanner.fail("'.' must be followed by a name or '*'");
  if (!scanner.eat('(')) return { kind: 'child', name };
  scanner.skipSpaces();
  scanner.expect(')');
  if (!Object.hasOwn(pathFunctions, name))
    return scanner.fail(`there is no function '${name}()'; there are ${Object.keys(pathFunctions).join(', ')}`);
  return { kind: 'function', name };
}

function readBracket(scanner: Scanner): Step {
  scanner.expect('[');
  scanner.skipSpaces();
  const step = readSelector(scanner);
  scanner.skipSpaces();
  scanner.expect(']');
  return step;
}

function readSelector(scanner: Scanner): Step {
  if (scanner.eat('*')) return { kind: 'wildcard' };
  if (scanner.eat('?')) return { kind: 'filter', filter: parseFilter(scanner) };
  const quote = scanner.peek();
  if (quote === "'" || quote === '"') {
    const names = readList(scanner, () => parseQuoted(scanner));
    return names.length === 1 ? { kind: 'child', name: names[0] ?? '' } : { kind: 'children', names };
  }
  const first = readInteger(scanner);
  scanner.skipSpaces();
  if (scanner.eat(':')) {
    scanner.skipSpaces();
    return { kind: 'slice', from: first, to: readInteger(scanner) };
  }
  if (first === undefined) return scanner.fail("'[' must be followed by an index, a quoted name, '*' or '?('");
  if (!scanner.eat(',')) return { kind: 'index', index: first };
  scanner.skipSpaces();
  return {
    kind: 'indexes',
    indexes: [first, ...readList(scanner, () => readInteger(scanner) ?? scanner.fail('expected an index'))],
  };
}

function readList<Item>(scanner: Scanner, read: () => Item): Item[] {
  const items = [read()];
  for (scanner.skipSpaces(); scanner.eat(','); scanner.skipSpaces()) {
    scanner.skipSpaces();
    items.push(read());
  }
  return items;
}

function readInteger(scanner: Scanner): number | undefined {
  const digits = scanner.take(/-?\d+/y);
  return digits === '' ? undefined : Number(digits);
}
