/** A JSON value. Engine data is never anything else: it is stored, compared and sent as it is. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for a JSON object; false for null and for arrays. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Own property of an object; undefined when it is missing or only inherited (`constructor`, `__proto__`). */
export const own = <T>(object: { readonly [key: string]: T }, key: string): T | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined;

/** Bytes of the value as UTF-8 JSON text, which is what Step Functions counts against 262,144. */
export const jsonBytes = (value: Json): number => Buffer.byteLength(JSON.stringify(value), 'utf8');
