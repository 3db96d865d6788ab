import { runInNewContext } from 'node:vm';
import type { Json } from '../../engine/data/json.ts';
import { ServiceError } from '../../adapters/local/function-error.ts';
import type { LocalFunction } from '../../adapters/local/local-function.ts';
import type { Behaviour } from './case.ts';

/** Waits on the host's clock, without holding it. */
export type Sleep = (milliseconds: number) => Promise<void>;

/**
 * The function that a behaviour describes. Its JavaScript comes from the recordings' `behaviours.json` and may use
 * `sleep(ms)` and `pythonText(value)`. Without a behaviour, what is called fails and says so.
 */
export function functionOf(behaviour: Behaviour | undefined, name: string, sleep: Sleep): LocalFunction {
  if (behaviour === undefined) return () => Promise.reject(new Error(`behaviours.json does not say what ${name} does`));
  const { payloadText, functionError, js } = behaviour;
  if (payloadText !== undefined && functionError !== undefined) return failing(payloadText);
  if (payloadText !== undefined) return async () => JSON.parse(payloadText) as unknown;
  const context = { sleep, pythonText, console };
  const work = runInNewContext(`(${js ?? 'undefined'})`, context) as ((event: Json) => unknown) | undefined;
  if (typeof work !== 'function')
    return () => Promise.reject(new Error(`what ${name} does is neither a function's text nor an answer`));
  return async (input) => work(input);
}

/** The exact text is the cause of a function called by its ARN. */
const failing =
  (payloadText: string): LocalFunction =>
  () => {
    const { errorType } = JSON.parse(payloadText) as { readonly errorType?: string };
    return Promise.reject(new ServiceError(errorType ?? 'Error', payloadText));
  };

/** A value as Python prints it. */
function pythonText(value: Json): string {
  return isText(value) ? value : pythonRepr(value);
}

function pythonRepr(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (isText(value)) return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${escaped(value)}'`;
  if (Array.isArray(value)) return `[${value.map((item: Json) => pythonRepr(item)).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, member]) => `${pythonRepr(key)}: ${pythonRepr(member)}`)
    .join(', ')}}`;
}

const isText = (value: Json): value is string => typeof value === 'string';

const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n');
