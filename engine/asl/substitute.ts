import { isObject, own, type Json } from '../data/json.ts';
import type { Diagnostic } from './machine.ts';
import { placeIn, type Place } from './place.ts';

/** A definition with its names replaced, and one diagnostic for each name nobody knows. */
export interface Substitution {
  readonly definition: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Puts for every `${name}` in the definition's texts what `resolve` gives for it, an ARN as a rule. Comments stay as they are, and so
 * does a text that is no JSON, which `readMachine` then refuses. A definition without such names comes back unchanged.
 */
export function substitute(definition: string, resolve: (name: string) => string | undefined): Substitution {
  if (!definition.includes('${')) return { definition, diagnostics: [] };
  const diagnostics: Diagnostic[] = [];
  try {
    const value: Json = JSON.parse(definition);
    return { definition: JSON.stringify(substituted(value, placeIn(diagnostics), resolve)), diagnostics };
  } catch {
    return { definition, diagnostics: [] }; // no JSON, or too deep: the reader has the words for it
  }
}

const names = /\$\{([A-Za-z][\w.-]*)\}/g;

function substituted(value: Json, place: Place, resolve: (name: string) => string | undefined): Json {
  if (typeof value === 'string')
    return value.replace(names, (written, name: string) => {
      const found = resolve(name);
      if (found === undefined)
        place.error(`'${written}' is the name of no function and no state machine`, 'INVALID_RESOURCE');
      return found ?? written;
    });
  if (Array.isArray(value)) return value.map((each: Json, index) => substituted(each, place.at(index), resolve));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.keys(value).map((key) => {
      const each = own(value, key) ?? null;
      return [key, key === 'Comment' ? each : substituted(each, place.at(key), resolve)];
    }),
  );
}
