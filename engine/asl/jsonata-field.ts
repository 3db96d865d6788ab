import { compileJsonataTemplate, ExpressionSyntaxError, type Template } from '../data/index.ts';
import { isObject, type Json } from '../data/json.ts';

/**
 * A JSONata value. `$states.result` and `$states.errorOutput` are refused where they are not, in AWS's words; that the
 * refusal has the code of other unsupported references is a guess.
 * @param name the field as evaluation errors name it: `Output`, `Catch[1]/Output`
 * @param hasResult whether the field is evaluated after a result: `Output` and `Assign` of a Task, a Parallel and a Map
 * @throws ExpressionSyntaxError
 */
export function compileJsonataField(value: Json, name: string, hasResult = false): Template {
  if (textsIn(value).some(isHalfOpen))
    throw new ExpressionSyntaxError('SCHEMA_VALIDATION_FAILED', 'JSONata string must start with {% and end with %}');
  const template = compileJsonataTemplate(value, name);
  const hasErrorOutput = name.startsWith('Catch[');
  const read = textsIn(value).filter(isExpression).flatMap(transientsIn);
  const missing = read.find((field) => (field === 'result' ? !hasResult : !hasErrorOutput));
  if (missing === undefined) return template;
  throw new ExpressionSyntaxError('UNSUPPORTED_JSONATA_EXPRESSION', `Field '$states.${missing}' does not exist.`);
}

/** `{% … %}`, which AWS takes for JSONata only when nothing stands around it. */
export const isExpression = (value: Json): value is string =>
  typeof value === 'string' && value.startsWith('{%') && value.endsWith('%}') && value.length >= 4;

/** What stands between `{%` and `%}`; any other value as JSON. */
export const expressionText = (value: Json): string =>
  isExpression(value) ? value.slice(2, -2).trim() : JSON.stringify(value);

function textsIn(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (isObject(value)) return Object.values(value).flatMap(textsIn);
  return typeof value === 'string' ? [value] : [];
}

const isHalfOpen = (text: string): boolean => text.startsWith('{%') && !isExpression(text);

const quotedText = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;

/** What an expression reads of `$states` that is not always there. */
const transientsIn = (source: string): string[] =>
  [...source.replace(quotedText, '""').matchAll(/\$states\s*\.\s*(result|errorOutput)\b/g)].map(
    ([, field = '']) => field,
  );
