import { isObject, own, type Json } from '../data/json.ts';
import type { Place } from './place.ts';
import { rawInnerScopes, rawStates, type Raw } from './raw-states.ts';

/** Warns of texts that look like a JSONPath and are none where they stand. (AWS, "ValidateStateMachineDefinition") */
export function checkWarnings(scope: Raw): void {
  for (const state of rawStates(scope)) {
    for (const field of ['Parameters', 'ResultSelector', 'ItemSelector']) {
      const value = own(state.fields, field);
      if (value !== undefined) warnNoDollar(value, state.place.at(field));
    }
    const result = own(state.fields, 'Result');
    if (result !== undefined && own(state.fields, 'Type') === 'Pass') warnStatic(result, state.place.at('Result'));
    for (const inner of rawInnerScopes(state)) checkWarnings(inner);
  }
}

const looksLikePath = (value: Json): boolean => typeof value === 'string' && /^(\$[.[$]|States\.\w+\()/.test(value);

function warnNoDollar(value: Json, place: Place): void {
  if (Array.isArray(value)) value.forEach((each: Json, index) => warnNoDollar(each, place.at(index)));
  if (!isObject(value)) return;
  for (const [key, each] of Object.entries(value)) {
    if (!key.endsWith('.$') && looksLikePath(each))
      place
        .at(key)
        .warning(
          `The value of '${key}' looks like a path; it is taken as text unless the field is named '${key}.$'`,
          'NO_DOLLAR',
        );
    warnNoDollar(each, place.at(key));
  }
}

function warnStatic(value: Json, place: Place): void {
  if (Array.isArray(value)) value.forEach((each: Json, index) => warnStatic(each, place.at(index)));
  if (!isObject(value)) return;
  for (const [key, each] of Object.entries(value)) {
    if (key.endsWith('.$'))
      place
        .at(key)
        .warning(
          "The result of a Pass state is static: a path in it is not followed; use 'Parameters'",
          'PASS_RESULT_IS_STATIC',
        );
    warnStatic(each, place.at(key));
  }
}
