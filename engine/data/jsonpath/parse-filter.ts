import type { Scanner } from '../scanner.ts';
import { filterOperators } from './filter-operators.ts';
import { parseLiteral } from './parse-literal.ts';
import { readPath } from './parse-path.ts';
import type { Filter, Operand } from './syntax.ts';
import { TextPattern } from './text-pattern.ts';

/** A filter with its parentheses, after the `?`: `(@.a > 1 && !@.b)`. @throws ExpressionSyntaxError */
export function parseFilter(scanner: Scanner): Filter {
  scanner.skipSpaces();
  scanner.expect('(');
  const filter = readOr(scanner);
  scanner.expect(')');
  return filter;
}

const readOr = (scanner: Scanner): Filter => readJoined(scanner, 'or', '||', readAnd);

const readAnd = (scanner: Scanner): Filter => readJoined(scanner, 'and', '&&', readTerm);

function readJoined(scanner: Scanner, kind: 'or' | 'and', sign: string, read: (scanner: Scanner) => Filter): Filter {
  const first = read(scanner);
  const filters = [first];
  while (scanner.eat(sign)) filters.push(read(scanner));
  return filters.length === 1 ? first : { kind, filters };
}

function readTerm(scanner: Scanner): Filter {
  scanner.skipSpaces();
  const filter: Filter = scanner.eat('!')
    ? { kind: 'not', filter: readTerm(scanner) }
    : scanner.peek() === '('
      ? parseFilter(scanner)
      : readComparison(scanner);
  scanner.skipSpaces();
  return filter;
}

function readComparison(scanner: Scanner): Filter {
  const left = readOperand(scanner);
  scanner.skipSpaces();
  const operator = scanner.take(/[=!<>~]+|[a-z]+/iy).toLowerCase();
  if (operator === '')
    return left.kind === 'path'
      ? { kind: 'exists', path: left.path }
      : scanner.fail('expected an operator after the value');
  if (!Object.hasOwn(filterOperators, operator))
    return scanner.fail(`there is no operator '${operator}'; there are ${Object.keys(filterOperators).join(' ')}`);
  scanner.skipSpaces();
  return { kind: 'compare', operator, left, right: readOperand(scanner) };
}

function readOperand(scanner: Scanner): Operand {
  const first = scanner.peek();
  if (first === '@' || first === '$') return { kind: 'path', path: readPath(scanner) };
  if (first === '/') return { kind: 'pattern', pattern: readPattern(scanner) };
  return { kind: 'constant', value: parseLiteral(scanner) };
}

function readPattern(scanner: Scanner): TextPattern {
  const body = scanner.take(/\/(?:[^/\\]|\\.)*\//sy).slice(1, -1);
  const flags = scanner.take(/[a-z]*/y);
  try {
    return new TextPattern(body, flags);
  } catch (thrown) {
    return scanner.fail(thrown instanceof Error ? thrown.message : 'the pattern is not a regular expression');
  }
}
