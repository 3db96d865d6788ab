import { isObject, own, shownJson, type Json } from '../json.ts';
import { bracketText, type Step } from './syntax.ts';

/** Why a definite path finds nothing in the document, in the words of Jayway, the library AWS uses. */
export function explainMiss(steps: readonly Step[], document: Json): string {
  let node: Json = document;
  for (const [at, step] of steps.entries()) {
    const before = bracketText(steps.slice(0, at));
    if (step.kind === 'child') {
      if (!isObject(node))
        return `Expected to find an object with property ['${step.name}'] in path ${before} but found ${described(node)}`;
      const value: Json | undefined = own(node, step.name);
      if (value === undefined && at < steps.length - 1) return `Missing property in path ${before}['${step.name}']`;
      if (value === undefined) break;
      node = value;
    } else if (step.kind === 'index') {
      if (node === null) return `The path ${before} is null`;
      if (!Array.isArray(node))
        return `Filter: [${step.index}] can only be applied to arrays. Current context is: ${shownJson(node)}`;
      node = node.at(step.index) ?? null;
    }
  }
  return `No results for path: ${bracketText(steps)}`;
}

function described(value: Json): string {
  if (value === null) return "'null'";
  return `a value of type '${Array.isArray(value) ? 'array' : typeof value}'`;
}
