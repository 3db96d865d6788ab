import { isObject, own } from '../data/json.ts';
import type { Template } from '../data/index.ts';
import type { Flow } from './machine.ts';
import { readPath, readResultPath, readTemplate, type Field } from './read-expressions.ts';
import type { StateSource } from './state-source.ts';

/** The fields through which data enters and leaves a state. */
export function readFlow(source: StateSource): Flow {
  const { type, language } = source;
  const hasResult = type === 'Task' || type === 'Parallel' || type === 'Map';
  const template = (field: string) => readTemplate({ section: source, field, language });
  const assign = readAssign({ section: source, field: 'Assign', language, hasResult });
  if (language === 'JSONata') {
    const output = readTemplate({ section: source, field: 'Output', language, hasResult });
    return { language, arguments: template('Arguments'), output, assign };
  }
  return {
    language,
    inputPath: readPath(source, 'InputPath'),
    parameters: type === 'Map' ? undefined : template('Parameters'), // a Map's are the old name of its ItemSelector
    resultSelector: template('ResultSelector'),
    resultPath: readResultPath(source),
    outputPath: readPath(source, 'OutputPath'),
    assign,
  };
}

const longestVariableName = 80;
const variableName = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

/** `Assign` of a state, a Choice rule or a Catcher: an object whose keys are names of variables. */
export function readAssign(source: Field): Template | undefined {
  const { section, field, language } = source;
  const value = own(section.fields, field);
  if (value === undefined) return undefined;
  const place = section.place.at(field);
  if (!isObject(value)) {
    place.error('Expected value of type Object');
    return undefined;
  }
  for (const key of Object.keys(value)) {
    const name = language === 'JSONPath' ? key.replace(/\.\$$/, '') : key;
    if (name === 'states') place.error("Cannot assign to reserved variable '$states'.", 'RESERVED_VARIABLE_NAME');
    else if (!variableName.test(name))
      place.error(
        `Invalid variable name '${name}': the variable name contains invalid characters.`,
        'INVALID_VARIABLE_NAME',
      );
    if (Array.from(name).length > longestVariableName)
      place.error(
        `Invalid variable name '${name}': the variable name is longer than ${longestVariableName} characters.`,
        'INVALID_VARIABLE_NAME',
      );
  }
  return readTemplate(source);
}
