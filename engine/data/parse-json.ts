import type { Json } from './json.ts';

/** What AWS's JSON reader allows; beyond it, code that walks the value could exhaust the stack. */
const deepestNesting = 1000;

/**
 * The value a JSON text spells: `States.StringToJson`, `$parse`.
 * @throws SyntaxError when it is no JSON, or nested more than 1,000 levels deep
 */
export function parseJson(text: string): Json {
  const value: Json = JSON.parse(text);
  if (text.length > deepestNesting && nesting(text) > deepestNesting)
    throw new SyntaxError(`The JSON text is nested more than ${deepestNesting} levels deep`);
  return value;
}

/** Of a text that is known to be JSON. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth);
    else if (token === ']' || token === '}') depth--;
  }
  return deepest;
}
