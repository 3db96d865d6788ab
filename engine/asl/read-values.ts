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

/** One of a few words; undefined when the field is absent, or another word, which is reported. */
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

/** `QueryLanguage`; undefined when it is absent. AWS reads on as for JSONata after another word, which is reported. */
export function readLanguage(section: Section): QueryLanguage | undefined {
  const language = readWord(section, 'QueryLanguage', ['JSONPath', 'JSONata']);
  return own(section.fields, 'QueryLanguage') === undefined ? undefined : (language ?? 'JSONata');
}
