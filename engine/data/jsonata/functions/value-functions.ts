import type { Run } from '../evaluator/frame.ts';
import { isCallable } from '../evaluator/callable.ts';
import { toText } from '../evaluator/to-text.ts';
import { isNumeric, isTruthy } from '../evaluator/truth.ts';
import { failure } from '../failure.ts';
import { native, type Natives } from './native.ts';

/** Of any value. (JSONata, "Boolean functions" and "Miscellaneous functions") */
export const valueFunctions: Natives = {
  boolean: native('<x-:b>', 1, (run, value) => (value === undefined ? undefined : isTruthy(value, run.meter))),
  not: native('<x-:b>', 1, (run, value) => (value === undefined ? undefined : !isTruthy(value, run.meter))),
  exists: native('<x:b>', 1, (_, value) => value !== undefined),
  type: native('<x:s>', 1, (_, value) => typeOf(value)),
  error: native('<s?:x>', 1, (_, message?: string) => {
    throw failure('D3137', { message: message || '$error() function evaluated' });
  }),
  assert: native('<bs?:x>', 2, (_, condition: boolean, message?: string) => {
    if (!condition) throw failure('D3141', { message: message || '$assert() statement failed' });
  }),
  clone: native('<(oa)-:o>', 1, (run: Run, value) => {
    const text = toText(value, run.meter);
    return text === undefined ? undefined : JSON.parse(text);
  }),
  uuid: native('<:s>', 0, (run) => run.random.uuid()),
};

function typeOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value === null) return 'null';
  if (isNumeric(value)) return 'number';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value)) return 'array';
  return isCallable(value) ? 'function' : 'object';
}
