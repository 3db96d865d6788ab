import { compileJsonataTemplate, ExpressionSyntaxError, type Template } from '../data/index.ts';
import { isObject, type Json } from '../data/json.ts';

/**
 * A JSONata value. What only a Catcher can read is refused elsewhere, as on AWS.
 * @param name the field as evaluation errors name it: `Output`, `Catch[1]/Output`
 * @throws ExpressionSyntaxError
 */
export function compileJsonataField(value: Json, name: string): Template {
  const template = compileJsonataTemplate(value, name);
  if (name.startsWith('Catch[') || !expressionsIn(value).some(readsErrorOutput)) return template;
  const message = "Reference to '$states.errorOutput' is only supported in a 'Catch'.";
  throw new ExpressionSyntaxError('UNSUPPORTED_JSONATA_EXPRESSION', message);
}

/** `{% … %}`, which AWS takes for JSONata only when nothing stands around it. */
export const isExpression = (value: Json): value is string =>
  typeof value === 'string' && value.startsWith('{%') && value.endsWith('%}') && value.length >= 4;

/** What stands between `{%` and `%}`; any other value as JSON. */
export const expressionText = (value: Json): string =>
  isExpression(value) ? value.slice(2, -2).trim() : JSON.stringify(value);

function expressionsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(expressionsIn);
  if (isObject(value)) return Object.values(value).flatMap(expressionsIn);
  return isExpression(value) ? [value] : [];
}

const quotedText = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;

const readsErrorOutput = (source: string): boolean =>
  /\$states\s*\.\s*errorOutput\b/.test(source.replace(quotedText, '""'));
