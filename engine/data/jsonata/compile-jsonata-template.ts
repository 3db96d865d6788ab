import { composeArray, composeObject } from '../compose-template.ts';
import type { Template } from '../evaluation.ts';
import { isObject, type Json } from '../json.ts';
import { compileJsonata } from './compile-jsonata.ts';

/**
 * A value of a definition in which texts that are exactly `{% … %}` are expressions. The rest is given as it is.
 * @param field the field's name: `Output`; the parts of the value extend it: `Output/a/b`, `Items[0]`
 * @throws ExpressionSyntaxError for the first expression that is none
 */
export function compileJsonataTemplate(value: Json, field: string): Template {
  return compilePart(value, field) ?? { evaluate: () => value };
}

/** undefined when there is no expression in it. */
function compilePart(value: Json, field: string): Template | undefined {
  if (typeof value === 'string') return isExpression(value) ? compileJsonata(value.slice(2, -2), field) : undefined;
  if (Array.isArray(value))
    return composeArray(
      value.map((item: Json, at) => ({ value: item, template: compilePart(item, `${field}[${at}]`) })),
    );
  if (!isObject(value)) return undefined;
  const members = Object.entries(value);
  return composeObject(
    members.map(([key, item]) => ({ key, value: item, template: compilePart(item, `${field}/${key}`) })),
  );
}

const isExpression = (text: string): boolean => text.length >= 4 && text.startsWith('{%') && text.endsWith('%}');
