import { deepestNesting, isObject, type Json } from './json.ts';

/**
 * The value a JSON text spells, where the text comes from outside.
 * @throws SyntaxError when it is no JSON, is nested more than 1,000 levels deep, or has a number beyond 1.8e308, which is none
 * that could be written again
 */
export function parseJson(text: string): Json {
  const value: Json = JSON.parse(text);
  if (text.length > deepestNesting && nesting(text) > deepestNesting)
    throw new SyntaxError(`The JSON text is nested more than ${deepestNesting} levels deep`);
  if (hasEndlessNumber(text, value)) throw new SyntaxError(`The JSON text has a number beyond ±${Number.MAX_VALUE}`);
  return value;
}

/** Whether a number of the text became Infinity: JSON has no word for that. Only a long number can, so most texts need no look. */
export const hasEndlessNumber = (text: string, value: Json): boolean =>
  /\d{3}[eE]|[eE]\+?\d{3}|\d{300}/.test(text) && isEndless(value);

function isEndless(value: Json): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  if (Array.isArray(value)) return value.some(isEndless);
  return isObject(value) && Object.values(value).some(isEndless);
}

/** How deep objects and arrays of a text that is known to be JSON stand in one another. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/g)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, ++depth);
    else if (token === ']' || token === '}') depth--;
  }
  return deepest;
}
