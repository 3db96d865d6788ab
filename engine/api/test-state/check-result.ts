import type { State } from '../../asl/machine.ts';
import { isObject, type Json, own } from '../../data/json.ts';
import type { Mock } from './read-request.ts';
import { resultShapes, type Shape } from './result-shapes.ts';

/**
 * Why the service of a Task could not give a mocked result, in AWS's words, as far as its answer's form is known here.
 * Fields that the form does not have are fine.
 */
export function resultProblem(
  { result, fieldValidationMode: mode }: Pick<Mock, 'result' | 'fieldValidationMode'>,
  state: State,
): string | undefined {
  if (mode === 'NONE' || result === undefined || state.type !== 'Task') return undefined;
  const { resource } = state;
  // With a pattern the result is another one: what polling gives at the end, or what the token's holder says.
  if (resource.kind !== 'service' || resource.pattern !== 'request') return undefined;
  const shape = own(resultShapes, `${resource.service}:${resource.action}`);
  const problem = shape && problemOf(shape, result, '', mode === 'STRICT');
  return problem === undefined ? undefined : `Mock result schema validation error: ${problem}`;
}

/** `name` is the nearest field's: AWS does not say where it stands. */
function problemOf(shape: Shape, value: Json, name: string, isStrict: boolean): string | undefined {
  switch (shape.type) {
    case 'any':
      return undefined;
    case 'object':
      if (!isObject(value)) return `Field '${name}' must be an object`;
      return (
        (isStrict ? missing(shape.required ?? [], value) : undefined) ??
        first(Object.entries(value), ([field, each]) => {
          const known = own(shape.fields, field);
          return known && problemOf(known, each, field, isStrict);
        })
      );
    case 'map':
      if (!isObject(value)) return `Field '${name}' must be an object`;
      return first(Object.entries(value), ([field, each]) => problemOf(shape.of, each, field, isStrict));
    case 'list':
      if (!Array.isArray(value)) return `Field '${name}' must be an array`;
      return first(value, (each: Json) => problemOf(shape.of, each, name, isStrict));
    case 'number':
      if (typeof value !== 'number') return `Field '${name}' must be a number`;
      if (value < (shape.least ?? value)) return `Field '${name}' is less than the minimum value`;
      return value > (shape.most ?? value) ? `Field '${name}' exceeds the maximum value` : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `Field '${name}' must be a boolean`;
    default:
      return textProblem(shape, value, name);
  }
}

function textProblem(shape: Extract<Shape, { type: 'string' | 'blob' | 'timestamp' }>, value: Json, name: string) {
  if (typeof value !== 'string') return `Field '${name}' must be a string`;
  if (shape.type === 'string' && shape.values?.includes(value) === false)
    return `Field '${name}' is not an expected value`;
  if (shape.type !== 'blob') return undefined;
  if (value.length < (shape.least ?? 0)) return `Field '${name}' is smaller than the minimum length`;
  return value.length > (shape.most ?? value.length) ? `Field '${name}' exceeds the maximum length` : undefined;
}

function missing(required: readonly string[], value: { readonly [field: string]: Json }): string | undefined {
  const field = required.find((each) => own(value, each) === undefined);
  return field === undefined ? undefined : `Required field '${field}' is missing`;
}

function first<T>(values: readonly T[], find: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
