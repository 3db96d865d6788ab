import type { Dynamic } from '../asl/machine.ts';
import { EvaluationError, type Scope } from '../data/evaluation.ts';
import { type Json, shownJson } from '../data/json.ts';

/** The value of a field that may be written out, named by a path, or computed. @throws EvaluationError */
export function valueOf(field: Dynamic, scope: Scope): Json {
  switch (field.kind) {
    case 'constant':
      return field.value;
    case 'path':
      return field.path.evaluate(scope);
    case 'template':
      return field.template.evaluate(scope);
    default:
      return field satisfies never;
  }
}

/** A whole number that is not negative: a count or seconds. @throws EvaluationError in AWS's words when it is something else */
export function numberIn(field: Dynamic, scope: Scope): number {
  const value = valueOf(field, scope);
  const number = wholeNumber(field, value);
  if (number === undefined || number < 0) throw notNumber(field, value, 'integer');
  return number;
}

/** A whole number of any sign. @throws EvaluationError as `numberIn` */
export function integerIn(field: Dynamic, scope: Scope): number {
  const value = valueOf(field, scope);
  const number = wholeNumber(field, value);
  if (number === undefined) throw notNumber(field, value, 'integer');
  return number;
}

/** Any number. @throws EvaluationError as `numberIn` */
export function floatIn(field: Dynamic, scope: Scope): number {
  const value = valueOf(field, scope);
  if (typeof value === 'number') return value;
  if (field.kind === 'path' && typeof value === 'string' && /^-?\d{1,9}(\.\d+)?$/.test(value)) return Number(value);
  throw notNumber(field, value, 'float');
}

function wholeNumber(field: Dynamic, value: Json): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (field.kind === 'path' && typeof value === 'string' && /^-?\d{1,9}$/.test(value)) return Number(value); // AWS parses it
  return undefined;
}

function notNumber(field: Dynamic, value: Json, type: 'integer' | 'float'): EvaluationError {
  const shown = shownJson(value);
  if (field.kind === 'template') {
    const expected = type === 'integer' ? 'positive integer' : 'number';
    return new EvaluationError(
      'States.QueryEvaluationError',
      `The JSONata expression '${field.source}' specified for the field '${field.field}' returned an unexpected result type. Expected '${expected}', but was '${value === null ? 'null' : typeof value}' for value: ${shown}`,
      field.field,
    );
  }
  const text = typeof value === 'string' ? shown : `"${shown}"`;
  const where = field.kind === 'path' ? field.path.text : '';
  const name = field.kind === 'path' ? field.field : 'number';
  return new EvaluationError(
    'States.Runtime',
    `The ${name} field refers to value ${text} which is not a valid ${type}: ${where}`,
  );
}
