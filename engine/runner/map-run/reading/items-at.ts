import { isObject, type Json, own } from '../../../data/json.ts';
import { Unusable } from '../unusable.ts';

/**
 * The items at a JSON Pointer (RFC 6901) in a document: the elements of an array, or the members of an object. Without a
 * pointer AWS takes an array only.
 * @throws Unusable
 */
export function itemsAt(
  document: Json,
  pointer: string | undefined,
): { readonly items: readonly Json[]; readonly keys?: readonly string[] } {
  const value = pointer === undefined ? document : resolve(document, pointer);
  if (Array.isArray(value)) return { items: value };
  if (pointer !== undefined && isObject(value)) return { items: Object.values(value), keys: Object.keys(value) };
  throw new Unusable('Attempting to map over non-iterable node.');
}

function resolve(document: Json, pointer: string): Json | undefined {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce<Json | undefined>((value, step) => {
    if (Array.isArray(value)) return /^(?:0|[1-9]\d*)$/.test(step) ? value[Number(step)] : undefined;
    return isObject(value) ? own(value, step) : undefined;
  }, document);
}
