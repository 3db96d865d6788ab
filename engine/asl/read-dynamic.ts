import { own, type Json } from '../data/json.ts';
import type { Dynamic } from './machine.ts';
import { compileIntrinsic, compilePath } from '../data/index.ts';
import { compileJsonataField, expressionText, isExpression } from './jsonata-field.ts';
import { compiled, readReferencePath, readTemplate, type Field } from './read-expressions.ts';
import { numberProblem, type Bounds } from './read-values.ts';

/** Why a constant will not do, in AWS's words. */
type Check = (value: Json) => string | undefined;

/** A number that is written out, or named by `<field>Path` (JSONPath), or computed (JSONata). */
export function readDynamicNumber(source: Field, bounds: Bounds): Dynamic | undefined {
  return readReferred(source) ?? readConstantOrJsonata(source, (value) => numberProblem(value, bounds));
}

/** A text of the same three kinds; `check` looks at a constant. */
export function readDynamicText(source: Field, check: (text: string) => string | undefined): Dynamic | undefined {
  const checkText: Check = (value) => (typeof value === 'string' ? check(value) : textProblem(value));
  return readReferred(source) ?? readConstantOrJsonata(source, checkText);
}

/** `Error` and `Cause`: a text, or `<field>Path` with any path or an intrinsic function, or JSONata. */
export function readFailureText(source: Field): Dynamic | undefined {
  const { section, field, language } = source;
  const named = `${field}Path`;
  const text = own(section.fields, named);
  if (text === undefined || language === 'JSONata') return readConstantOrJsonata(source, textProblem);
  const place = section.place.at(named);
  if (typeof text !== 'string') {
    place.error('Expected value of type String');
    return undefined;
  }
  if (text.startsWith('States.')) {
    const template = compiled(place, () => compileIntrinsic(text, named));
    return template && { kind: 'template', field: named, source: text, template };
  }
  const path = text.startsWith('$')
    ? compiled(place, () => compilePath(text, named))
    : readReferencePath(text, named, place);
  return path && { kind: 'path', field: named, path };
}

/** `Items`: an array that may hold expressions, or one expression that gives it. */
export function readItems(source: Field): Dynamic | undefined {
  const { section, field } = source;
  const value = own(section.fields, field);
  if (value === undefined) return undefined;
  if (!Array.isArray(value) && !isExpression(value)) {
    section.place.at(field).error('Expected value of type Array');
    return undefined;
  }
  const template = readTemplate(source);
  return template && { kind: 'template', field, source: expressionText(value), template };
}

function readReferred({ section, field, language }: Field): Dynamic | undefined {
  const named = `${field}Path`;
  const text = own(section.fields, named);
  if (text === undefined || language === 'JSONata') return undefined;
  const place = section.place.at(named);
  if (typeof text !== 'string') {
    place.error('Expected value of type String');
    return undefined;
  }
  const path = readReferencePath(text, named, place);
  return path && { kind: 'path', field: named, path };
}

function readConstantOrJsonata({ section, field, language, prefix = '' }: Field, check: Check): Dynamic | undefined {
  const value = own(section.fields, field);
  if (value === undefined) return undefined;
  const place = section.place.at(field);
  if (language === 'JSONata' && isExpression(value)) {
    const template = compiled(place, () => compileJsonataField(value, prefix + field));
    return template && { kind: 'template', field: prefix + field, source: expressionText(value), template };
  }
  const problem = check(value);
  if (problem === undefined) return { kind: 'constant', value };
  place.error(problem);
  return undefined;
}

const textProblem: Check = (value) => (typeof value === 'string' ? undefined : 'Expected value of type String');
