import { own, type Json } from '../data/json.ts';
import type { QueryLanguage } from './machine.ts';
import type { Section } from './section.ts';

/** The longest time a state may name, in seconds. */
export const longestSeconds = 99_999_999;

/** The least and greatest number a field takes; `whole` numbers only, unless it says otherwise. */
export interface Bounds {
  readonly min: number;
  readonly max?: number;
  readonly whole?: boolean;
}

/** Text of a field; undefined when it is absent, or no text, which is reported. */
export function readText({ fields, place }: Section, field: string): string | undefined {
  const value = own(fields, field);
  if (value === undefined || typeof value === 'string') return value;
  place.at(field).error('Expected value of type String');
  return undefined;
}

/** Number of a field; undefined when it is absent, or no number within the bounds, which is reported. */
export function readNumber(section: Section, field: string, bounds: Bounds): number | undefined {
  const value = own(section.fields, field);
  if (value === undefined) return undefined;
  const problem = numberProblem(value, bounds);
  if (problem === undefined) return Number(value);
  section.place.at(field).error(problem);
  return undefined;
}

/** Why a value is no number within the bounds, in AWS's words; undefined when it is one. */
export function numberProblem(value: Json, { min, max, whole = true }: Bounds): string | undefined {
  if (typeof value !== 'number' || (whole && !Number.isInteger(value)))
    return `Expected value of type ${whole ? 'Integer' : 'Float'}`;
  const written = (bound: number) => (whole ? String(bound) : bound.toFixed(1));
  if (value < min) return `Minimum value is ${written(min)}`;
  if (max !== undefined && value > max) return `Maximum value is ${written(max)}`;
  return undefined;
}

/**
 * One of a few words that decide which other fields there may be; undefined when the field is absent, or another word,
 * which is reported.
 */
export function readWord<Word extends string>(
  { fields, place }: Section,
  field: string,
  words: readonly Word[],
): Word | undefined {
  const value = own(fields, field);
  if (value === undefined) return undefined;
  const word = words.find((each) => each === value);
  if (word === undefined)
    place.at(field).error(`The field '${field}' should have one of these values: [${words.join(', ')}]`);
  return word;
}

/** One of a few words, of which AWS says something else than of those that decide about other fields. */
export function readChoice<Word extends string>(
  { fields, place }: Section,
  field: string,
  words: readonly Word[],
): Word | undefined {
  const value = own(fields, field);
  if (value === undefined) return undefined;
  const word = words.find((each) => each === value);
  if (word !== undefined) return word;
  const isText = typeof value === 'string';
  place
    .at(field)
    .error(isText ? `Value should be one of the following: [${words.join(', ')}]` : 'Expected value of type [STRING]');
  return undefined;
}

/** `QueryLanguage`; undefined when it is absent or another word, which is reported. */
export const readLanguage = (section: Section): QueryLanguage | undefined =>
  readChoice(section, 'QueryLanguage', ['JSONPath', 'JSONata']);

/** The language a section is read in by its own `QueryLanguage`: AWS takes all but `JSONPath` for JSONata. */
export function languageOf({ fields }: Section): QueryLanguage | undefined {
  const value = own(fields, 'QueryLanguage');
  return value === undefined ? undefined : value === 'JSONPath' ? 'JSONPath' : 'JSONata';
}
