import { isObject, own, type Json, type JsonObject } from '../data/json.ts';
import type { Place } from './place.ts';

/** An object of a definition that nothing has checked yet, and where it stands. */
export interface Raw {
  readonly fields: JsonObject;
  readonly place: Place;
}

export interface RawState extends Raw {
  readonly name: string;
}

/** What of a scope's `States` are objects. */
export function rawStates({ fields, place }: Raw): RawState[] {
  const states = own(fields, 'States');
  if (!isObject(states)) return [];
  return Object.entries(states).flatMap(([name, state]) =>
    isObject(state) ? [{ name, fields: state, place: place.at('States').at(name) }] : [],
  );
}

/** What of an array field's elements are objects. */
export function rawElements({ fields, place }: Raw, field: string): Raw[] {
  const value = own(fields, field);
  const elements: readonly Json[] = Array.isArray(value) ? value : [];
  return elements.flatMap((element, index) =>
    isObject(element) ? [{ fields: element, place: place.at(field).at(index) }] : [],
  );
}

/** The branches or the processor of a state. */
export function rawInnerScopes(state: RawState): Raw[] {
  const processors = ['ItemProcessor', 'Iterator'].flatMap((field) => {
    const value = own(state.fields, field);
    return isObject(value) ? [{ fields: value, place: state.place.at(field) }] : [];
  });
  return [...rawElements(state, 'Branches'), ...processors];
}
