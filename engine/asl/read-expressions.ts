import {
  compilePath,
  compilePayloadTemplate,
  compileReferencePath,
  ExpressionSyntaxError,
  type Path,
  type ReferencePath,
  type Template,
} from '../data/index.ts';
import { isObject, own, type Json } from '../data/json.ts';
import { compileJsonataField } from './jsonata-field.ts';
import type { QueryLanguage } from './machine.ts';
import type { Place } from './place.ts';
import type { Section } from './section.ts';

/** Where a field stands and the name its evaluation errors give it: `Output`, `Catch[1]/Output`. */
export interface Field {
  readonly section: Section;
  readonly field: string;
  readonly language: QueryLanguage;
  /** The section's own place within its state, as in `Catch[1]/`; nothing for the state itself. */
  readonly prefix?: string;
  /** It is evaluated after a result, which JSONata may read. */
  readonly hasResult?: boolean;
}

/** What `compile` gives; undefined when the text is no expression, which is reported. */
export function compiled<Compiled>(place: Place, compile: () => Compiled): Compiled | undefined {
  try {
    return compile();
  } catch (thrown) {
    if (thrown instanceof ExpressionSyntaxError) place.error(thrown.message, thrown.code);
    else if (thrown instanceof RangeError) place.error('The expression is nested too deeply');
    else throw thrown;
    return undefined;
  }
}

/** `InputPath`, `OutputPath`: null where the definition says null, `$` where it says nothing. */
export const readPath = (section: Section, field: string): Path | null =>
  readPathText(section, field, (text) => {
    try {
      return compilePath(text, field);
    } catch (thrown) {
      throw thrown instanceof ExpressionSyntaxError ? noPath() : thrown; // all that AWS says
    }
  });

const noPath = () => new ExpressionSyntaxError('SCHEMA_VALIDATION_FAILED', 'Value must be a valid JSONPath.');

/** `ResultPath`: null where the definition says null, `$` where it says nothing. */
export const readResultPath = (section: Section): ReferencePath | null =>
  readPathText(section, 'ResultPath', (text) => {
    if (!text.startsWith('$')) throw noPath();
    return compileReferencePath(text);
  });

function readPathText<Compiled>({ fields, place }: Section, field: string, compile: (text: string) => Compiled) {
  const value = own(fields, field);
  if (value === null) return null;
  if (value === undefined || typeof value === 'string')
    return compiled(place.at(field), () => compile(value ?? '$')) ?? null;
  place.at(field).error('Expected value of type String');
  return null;
}

/**
 * A path that names one place, from the input or a variable, from the context object too where `inContext`.
 * Undefined when it is none, which is reported.
 */
export function readReference(text: string, field: string, place: Place, inContext = false): Path | undefined {
  const root = inContext ? /^\$(?:\$|[^.[$]+)/ : /^\$[^.[$]+/; // `$limit.perMinute`, `$$.Execution.Id`
  const isReference = compiled(place, () => compileReferencePath(text.replace(root, '$')));
  return isReference && compiled(place, () => compilePath(text, field));
}

/** As `readReference`, of a state's own field, where AWS first asks whether the text is a path at all. */
export function readReferencePath(text: string, field: string, place: Place, inContext = false): Path | undefined {
  if (text.startsWith('$')) return readReference(text, field, place, inContext);
  place.error('Value must be a valid JSONPath.');
  return undefined;
}

/** A JSONata value or a JSONPath payload template, by the language; undefined when absent, or wrong, which is reported. */
export function readTemplate({ section, field, language, prefix = '', hasResult }: Field): Template | undefined {
  const value = own(section.fields, field);
  if (value === undefined) return undefined;
  const name = prefix + field;
  const place = section.place.at(field);
  const compileJsonata = (part: Json, partName: string) => compileJsonataField(part, partName, hasResult);
  const compile = () => (language === 'JSONata' ? compileJsonata(value, name) : compilePayloadTemplate(value, name));
  try {
    return compile();
  } catch {
    const isReported =
      language === 'JSONata'
        ? reportJsonata(value, name, place, compileJsonata)
        : reportPayloadFields(value, name, place);
    return isReported ? undefined : compiled(place, compile); // reported as a whole
  }
}

/** A template's compilation stops at its first wrong expression; these look at each one by itself. True: some were reported. */
function reportJsonata(
  value: Json,
  name: string,
  place: Place,
  compile: (value: Json, name: string) => Template,
): boolean {
  const parts = Array.isArray(value)
    ? value.map((each: Json, index) => reportJsonata(each, `${name}[${index}]`, place.at(index), compile))
    : isObject(value)
      ? Object.entries(value).map(([key, each]) => reportJsonata(each, `${name}/${key}`, place.at(key), compile))
      : [compiled(place, () => compile(value, name)) === undefined];
  return parts.includes(true);
}

/** AWS names the field in the message, and the whole template as the place. */
function reportPayloadFields(value: Json, name: string, place: Place): boolean {
  const parts = Array.isArray(value)
    ? value.map((each: Json) => reportPayloadFields(each, name, place))
    : Object.entries(isObject(value) ? value : {}).map(([key, each]) =>
        key.endsWith('.$')
          ? compiled(place, () => compilePayloadTemplate({ [key]: each }, name)) === undefined
          : reportPayloadFields(each, name, place),
      );
  return parts.includes(true);
}
