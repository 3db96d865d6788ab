import type { Json } from '../../engine/data/json.ts';

/**
 * A function of this process. What it gives must be JSON; undefined counts as null. `signal` is aborted when the outcome
 * no longer matters, `key` is the same for every repetition of the attempt.
 */
export type LocalFunction = (
  input: Json,
  call: { readonly key: string; readonly signal: AbortSignal },
) => Promise<unknown>;

/** By ARN. */
export type LocalFunctions = ReadonlyMap<string, LocalFunction>;

/** What Lambda answers when a function's result is no JSON. */
export class MarshalError extends Error {
  override readonly name = 'Runtime.MarshalError';
}

/**
 * A function's result as Lambda passes it on: through JSON text, undefined as null.
 * @throws MarshalError for what has no JSON text: BigInt, circular objects, functions, symbols
 */
export function toJson(result: unknown): Json {
  if (result === undefined) return null;
  const text = textOf(result);
  if (text === undefined)
    throw new MarshalError(`a function gave ${typeof result}, and only JSON can go on to the workflow`);
  return JSON.parse(text);
}

function textOf(result: unknown): string | undefined {
  try {
    return JSON.stringify(result);
  } catch (reason) {
    throw new MarshalError('a function gave what cannot be JSON', { cause: reason });
  }
}

/** The function with this ARN, which may end in a version or an alias: all of them are the one function that is here. */
export const functionByArn = (functions: LocalFunctions, arn: string): LocalFunction | undefined =>
  functions.get(arn) ?? functions.get(arn.split(':').slice(0, 7).join(':'));

/** The function with this name, `name:version` or `name:alias`. */
export function functionByName(functions: LocalFunctions, name: string): LocalFunction | undefined {
  const suffix = `:function:${name.split(':')[0]}`;
  return functions.entries().find(([arn]) => arn.endsWith(suffix))?.[1];
}
