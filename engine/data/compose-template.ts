import type { Template } from './evaluation.ts';
import type { Json } from './json.ts';

/** A value inside a definition's value: as it is, or computed by its template. */
export interface Part {
  readonly value: Json;
  readonly template: Template | undefined;
}

/** An array of parts; undefined when none of them is computed, so that the value itself can be given. */
export function composeArray(parts: readonly Part[]): Template | undefined {
  if (parts.every(({ template }) => template === undefined)) return undefined;
  return { evaluate: (scope) => parts.map(({ value, template }) => (template ? template.evaluate(scope) : value)) };
}

/** An object of parts; undefined when none of them is computed. */
export function composeObject(members: readonly (Part & { readonly key: string })[]): Template | undefined {
  if (members.every(({ template }) => template === undefined)) return undefined;
  return {
    evaluate: (scope) =>
      Object.fromEntries(members.map(({ key, value, template }) => [key, template ? template.evaluate(scope) : value])),
  };
}
