import { own } from '../data/json.ts';
import type { Catcher, Retrier } from './machine.ts';
import { readAssign } from './read-flow.ts';
import { readResultPath, readTemplate } from './read-expressions.ts';
import { longestSeconds, readChoice, readNumber, readText } from './read-values.ts';
import { checkShape, readElements, readSection, type Section } from './section.ts';
import { catcherShape, retrierShape } from './shapes.ts';
import type { StateSource } from './state-source.ts';

const longestDelaySeconds = 31_622_400; // a leap year

/** `Retry`, with the defaults filled in; without those that are wrong, which are reported. */
export function readRetriers(source: StateSource): Retrier[] {
  return elementsOf(source, 'Retry').flatMap(({ section, isLast }) => {
    checkShape(section, retrierShape, source.language);
    const errorEquals = readErrorEquals(section, isLast);
    const retrier: Retrier = {
      errorEquals,
      intervalSeconds: readNumber(section, 'IntervalSeconds', { min: 0, max: longestSeconds }) ?? 1,
      maxAttempts: readNumber(section, 'MaxAttempts', { min: 0, max: longestSeconds }) ?? 3,
      backoffRate: readNumber(section, 'BackoffRate', { min: 1, whole: false }) ?? 2,
      maxDelaySeconds: readNumber(section, 'MaxDelaySeconds', { min: 1, max: longestDelaySeconds }),
      jitter: readChoice(section, 'JitterStrategy', ['NONE', 'FULL']) ?? 'NONE',
    };
    return [retrier];
  });
}

/** `Catch`; without those that are wrong, which are reported. */
export function readCatchers(source: StateSource): Catcher[] {
  const { language } = source;
  return elementsOf(source, 'Catch').flatMap(({ section, isLast, index }) => {
    checkShape(section, catcherShape, language);
    const expression = { section, language, prefix: `Catch[${index}]/` };
    const next = readText(section, 'Next');
    const catcher = {
      errorEquals: readErrorEquals(section, isLast),
      resultPath: language === 'JSONPath' ? readResultPath(section) : null,
      output: language === 'JSONata' ? readTemplate({ ...expression, field: 'Output' }) : undefined,
      assign: readAssign({ ...expression, field: 'Assign' }),
    };
    return next === undefined ? [] : [{ ...catcher, next }];
  });
}

function elementsOf(
  source: StateSource,
  field: 'Retry' | 'Catch',
): { section: Section; isLast: boolean; index: number }[] {
  const elements = readElements(source, field);
  return elements.flatMap(({ value, place, index }) => {
    const section = readSection(value, place);
    return section === undefined ? [] : [{ section, isLast: index === elements.length - 1, index }];
  });
}

/** `States.ALL` names every error, so it stands alone, and after it no other could ever be chosen. */
function readErrorEquals(section: Section, isLast: boolean): string[] {
  const place = section.place.at('ErrorEquals');
  const elements = readElements(section, 'ErrorEquals');
  const names = elements.flatMap(({ value, place }) => {
    if (typeof value === 'string') return [value];
    place.error('Expected value of type String');
    return [];
  });
  if (elements.length === 0 && Array.isArray(own(section.fields, 'ErrorEquals'))) place.error('Value cannot be empty');
  const all = elements.find(({ value }) => value === 'States.ALL');
  if (all !== undefined && (elements.length > 1 || !isLast))
    all.place.error('States.ALL must appear alone and at end of list');
  return names;
}
