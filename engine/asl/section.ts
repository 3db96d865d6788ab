import { javaSet } from '../data/java-set.ts';
import { isObject, own, type Json, type JsonObject } from '../data/json.ts';
import type { QueryLanguage } from './machine.ts';
import type { Place } from './place.ts';
import type { Shape } from './shapes.ts';

/** An object of the definition and where it stands: the machine, a state, a retrier, a rule … */
export interface Section {
  readonly fields: JsonObject;
  readonly place: Place;
}

/** The object at a place; undefined, and reported, when something else stands there. */
export function readSection(value: Json | undefined, place: Place): Section | undefined {
  if (isObject(value)) return { fields: value, place };
  place.error('Expected value of type Object');
  return undefined;
}

/** The elements of an array field, each at its place; none, and reported, when it is no array. Absent reads as none. */
export function readElements(
  { fields, place }: Section,
  field: string,
): { value: Json; place: Place; index: number }[] {
  const value = own(fields, field);
  if (value === undefined) return [];
  const at = place.at(field);
  if (Array.isArray(value))
    return value.map((element: Json, index) => ({ value: element, place: at.at(index), index }));
  at.error('Expected value of type Array');
  return [];
}

/**
 * Reports the fields of a section that its shape does not have, has in the other query language, lacks or has doubly.
 * @param language undefined when either will do
 */
export function checkShape({ fields, place }: Section, shape: Shape, language: QueryLanguage | undefined): void {
  for (const name of Object.keys(fields)) {
    const where = own(shape.fields, name);
    if (where === undefined) place.error(`Field '${name}' is not supported`);
    else if (language !== undefined && where !== 'any' && where !== language)
      place.error(
        `The QueryLanguage is set to '${language}', but field '${name}' is only supported for the '${where}' QueryLanguage`,
      );
  }
  const has = (name: string) => own(fields, name) !== undefined;
  const missing = (shape.required ?? []).filter((name) => !has(name));
  if (missing.length > 0) place.error(`These fields are required: ${listed(missing)}`);
  for (const group of shape.onlyOne ?? []) {
    if (group.filter(has).length > 1) place.error(tooMany(group));
  }
  for (const group of shape.exactlyOne ?? []) {
    const found = group.filter(has).length;
    if (found > 1) place.error(tooMany(group));
    if (found === 0) place.error(tooFew(group));
  }
}

/** The refusals of several fields of a group, and of none, as AWS has them. */
export const tooMany = (group: readonly string[]): string =>
  `There should only be one of the following fields: ${listed(group)}`;

export const tooFew = (group: readonly string[]): string =>
  `This object should have only one of the following fields: ${listed(group)}`;

const listed = (names: readonly string[]): string => `[${javaSet(names).join(', ')}]`;
