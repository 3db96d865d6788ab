import { own } from '../data/json.ts';
import { readText } from './read-values.ts';
import { tooFew, tooMany, type Section } from './section.ts';

/** Name of the next state; null for `"End": true`. Both or neither is reported. */
export function readNext(section: Section): string | null {
  const { fields, place } = section;
  const end = own(fields, 'End');
  if (end !== undefined && typeof end !== 'boolean') place.at('End').error('Expected value of type Boolean');
  const next = readText(section, 'Next');
  const hasNext = own(fields, 'Next') !== undefined;
  if (end === true && hasNext) place.error(tooMany(['Next', 'End']));
  if (!hasNext && (end === undefined || end === false)) place.error(tooFew(['Next', 'End']));
  return end === true ? null : (next ?? null);
}
