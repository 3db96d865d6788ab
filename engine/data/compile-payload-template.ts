import { composeArray, composeObject, type Part } from './compose-template.ts';
import { ExpressionSyntaxError, type Template } from './evaluation.ts';
import { compileIntrinsic, notAnExpression } from './intrinsics/compile-intrinsic.ts';
import { isObject, type Json } from './json.ts';
import { compilePath } from './jsonpath/compile-path.ts';

/**
 * A value of a definition in which a member `"name.$"` holds a path or a call of an intrinsic function, and gives the member `name`.
 * The rest is given as it is. (ASL spec, "Payload Template")
 * @param _field makes it callable where `compileJsonataTemplate` is; AWS's failures name the member only
 * @throws ExpressionSyntaxError for the first expression that is none, naming the member
 */
export function compilePayloadTemplate(value: Json, _field: string): Template {
  return compilePart(value) ?? { evaluate: () => value };
}

/** undefined when there is no expression in it. */
function compilePart(value: Json): Template | undefined {
  if (Array.isArray(value))
    return composeArray(value.map((item: Json) => ({ value: item, template: compilePart(item) })));
  return isObject(value) ? composeObject(Object.entries(value).map(compileMember)) : undefined;
}

function compileMember([key, value]: [string, Json]): Part & { readonly key: string } {
  if (key.endsWith('.$')) return { key: key.slice(0, -2), value, template: compileExpression(key, value) };
  return { key, value, template: compilePart(value) };
}

function compileExpression(key: string, text: Json): Template {
  if (typeof text !== 'string') throw notAnExpression(key);
  if (!text.startsWith('$')) return compileIntrinsic(text, key);
  try {
    return compilePath(text, key);
  } catch (thrown) {
    throw thrown instanceof ExpressionSyntaxError ? notAnExpression(key) : thrown;
  }
}
