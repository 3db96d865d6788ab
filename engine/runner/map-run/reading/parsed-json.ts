import type { Json } from '../../../data/json.ts';
import { parseJson } from '../../../data/parse-json.ts';
import { Unusable } from '../unusable.ts';

/** JSON of a text that a client stored; `what` names it. @throws Unusable */
export function parsedJson(text: string, what: string): Json {
  try {
    return parseJson(text);
  } catch (thrown) {
    throw new Unusable(`${what} is no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
