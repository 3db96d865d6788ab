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

const largestInteger = 2_147_483_647;

/**
 * A whole number that is not negative: a count or seconds. What JSONata computes is at most `largest`.
 * The texts for a computed number are recorded on AWS for `TimeoutSeconds`; that other fields have them too is a guess.
 * @throws EvaluationError in AWS's words when it is something else
 */
export function numberIn(field: Dynamic, scope: Scope, largest = largestInteger): number {
  const value = valueOf(field, scope);
  const number = wholeNumber(field, value);
  if (number === undefined) throw notNumber(field, value, 'integer');
  if (field.kind === 'template' && (number < 0 || number > largest))
    throw computed(field, `${field.field} must be between 0 and ${largest} but was: ${number}`);
  if (number < 0) throw notNumber(field, value, 'integer');
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
    if (typeof value === 'number')
      return computed(field, `The ${field.field} field cannot be parsed as an integer: ${shown}`);
    const found = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
    return computed(
      field,
      `The JSONata expression '${field.source}' specified for the field '${field.field}' returned an unexpected result type. Expected 'number', but was '${found}' for value: ${shown}`,
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

const computed = ({ field }: Extract<Dynamic, { kind: 'template' }>, cause: string): EvaluationError =>
  new EvaluationError('States.QueryEvaluationError', cause, field);
