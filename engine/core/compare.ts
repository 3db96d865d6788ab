import type { Condition } from '../asl/machine.ts';
import { EvaluationError, type Path, type Scope } from '../data/evaluation.ts';
import { type Json, shownJson } from '../data/json.ts';
import { parseTimestamp } from '../asl/timestamp.ts';

/** Whether a Choice rule's condition holds. @throws EvaluationError for a path to nothing, or JSONata that gives no boolean */
export function holds(condition: Condition, scope: Scope): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.conditions.every((part) => holds(part, scope));
    case 'or':
      return condition.conditions.some((part) => holds(part, scope));
    case 'not':
      return !holds(condition.condition, scope);
    case 'jsonata':
      return isTrue(condition, scope);
    case 'compare':
      return compare(condition, scope);
    default:
      return condition satisfies never;
  }
}

function isTrue({ template, field }: Extract<Condition, { kind: 'jsonata' }>, scope: Scope): boolean {
  const value = template.evaluate(scope);
  if (typeof value === 'boolean') return value;
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  throw new EvaluationError(
    'States.QueryEvaluationError',
    `The condition specified for the field '${field}' returned an unexpected result type. Expected 'boolean', but was '${type}' for value: ${shownJson(value)}`,
    field,
  );
}

function compare({ variable, operator, operand }: Extract<Condition, { kind: 'compare' }>, scope: Scope): boolean {
  const value = variable.find(scope);
  if (operator === 'IsPresent') return (value !== undefined) === (operand.kind === 'constant' && operand.value);
  if (value === undefined) throw invalidPath(variable);
  const wanted = operand.kind === 'constant' ? operand.value : operand.path.find(scope);
  if (wanted === undefined) throw invalidPath(operand.kind === 'path' ? operand.path : variable);
  const test = TYPE_TESTS[operator];
  return test === undefined ? compareValues(operator, value, wanted) : test(value) === wanted;
}

const invalidPath = ({ text }: Path): EvaluationError =>
  new EvaluationError(
    'States.Runtime',
    `Invalid path '${text}': The choice state's condition path references an invalid value.`,
  );

const TYPE_TESTS: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsNumeric: (value) => typeof value === 'number',
  IsString: (value) => typeof value === 'string',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => typeof value === 'string' && parseTimestamp(value) !== undefined,
};

/** Values of different types never compare: the rule just does not match. */
function compareValues(operator: string, value: Json, wanted: Json): boolean {
  if (operator === 'BooleanEquals') return typeof value === 'boolean' && value === wanted;
  if (operator === 'StringMatches')
    return typeof value === 'string' && typeof wanted === 'string' && wildcard(wanted).test(value);
  const [, kind, relation] = /^(Numeric|String|Timestamp)(.+)$/.exec(operator) ?? [];
  const order = RELATIONS[relation ?? ''];
  if (kind === undefined || order === undefined) throw new Error(`no comparison operator ${operator}`);
  const [a, b] = [comparable(kind, value), comparable(kind, wanted)];
  return a !== undefined && b !== undefined && order(a, b);
}

type Order = (a: number | string, b: number | string) => boolean;

const RELATIONS: Readonly<Record<string, Order>> = {
  Equals: (a, b) => a === b,
  LessThan: (a, b) => a < b,
  LessThanEquals: (a, b) => a <= b,
  GreaterThan: (a, b) => a > b,
  GreaterThanEquals: (a, b) => a >= b,
};

function comparable(kind: string, value: Json): number | string | undefined {
  if (kind === 'Numeric') return typeof value === 'number' ? value : undefined;
  if (typeof value !== 'string') return undefined;
  return kind === 'String' ? value : parseTimestamp(value);
}

/** `*` is any text, `\*` a star and `\\` a backslash; nothing else is special. Linear: no `.*` can backtrack into another. */
function wildcard(pattern: string): { test(text: string): boolean } {
  const parts = [''];
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? '';
    if (char === '*') parts.push('');
    else parts[parts.length - 1] += char === '\\' ? (pattern[++i] ?? '\\') : char;
  }
  return { test: (text) => matchesParts(parts, text) };
}

/** Each part as early as possible after the one before; the first at the start, the last at the end. */
function matchesParts(parts: readonly string[], text: string): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
