import { EvaluationError, ExpressionSyntaxError, type ReferencePath } from '../evaluation.ts';
import { isObject, own, shownJson, type Json } from '../json.ts';
import { parsePath } from './parse-path.ts';
import type { PathSyntax, Step } from './syntax.ts';

type Place = Extract<Step, { kind: 'child' | 'index' }>;

/**
 * A path that names one place of the state's data: names and indexes only.
 * Writing replaces an element of an array only where there is one, and never goes through a value that is no object.
 * @throws ExpressionSyntaxError `SCHEMA_VALIDATION_FAILED`
 */
export function compileReferencePath(text: string): ReferencePath {
  const places = readPlaces(text);
  return {
    text,
    write(document, value) {
      const written = put(document, places, value);
      if (written !== undefined) return written;
      const cause = `Unable to apply ReferencePath ${text} to input ${shownJson(document)}`;
      throw new EvaluationError('States.ResultPathMatchFailure', cause);
    },
  };
}

function readPlaces(text: string): Place[] {
  if (!text.startsWith('$')) throw refused("Reference path didn't start with '$'");
  const { root, steps } = parseReference(text);
  if (root.kind !== 'input')
    throw refused(`'${text}' starts from the context or a variable, where nothing can be written; start with '$.'`);
  return steps.map((step) => {
    if (step.kind === 'child' || step.kind === 'index') return step;
    throw refused(`'${text}' may name several places; only names and single indexes can be used`);
  });
}

function parseReference(text: string): PathSyntax {
  try {
    return parsePath(text);
  } catch (thrown) {
    throw thrown instanceof ExpressionSyntaxError ? refused(thrown.message) : thrown;
  }
}

const refused = (reason: string) =>
  new ExpressionSyntaxError('SCHEMA_VALIDATION_FAILED', `Value is not a Reference Path: ${reason}`);

/** A copy of `node` with the value at the place; undefined when it does not fit. */
function put(node: Json | undefined, [place, ...rest]: readonly Place[], value: Json): Json | undefined {
  if (place === undefined) return value;
  if (place.kind === 'index') {
    const index = Array.isArray(node) && place.index < 0 ? node.length + place.index : place.index;
    if (!Array.isArray(node) || index < 0 || index >= node.length) return undefined;
    const item = put(node[index], rest, value);
    return item === undefined ? undefined : node.with(index, item);
  }
  if (node !== undefined && !isObject(node)) return undefined;
  const child = put(node && own(node, place.name), rest, value);
  return child === undefined ? undefined : { ...node, [place.name]: child };
}
