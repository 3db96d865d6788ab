import { isObject, own, type Json } from '../json.ts';
import { compileFilter } from './compile-filter.ts';
import { pathFunctions } from './path-functions.ts';
import { isDefinite, type Step } from './syntax.ts';

/** What the steps of a path find in a document; undefined when a definite path finds nothing. */
export type Select = (document: Json) => Json | undefined;

/** Gives every value found under `node` to `found`. A step that does not fit a value finds nothing there. */
type Visit = (node: Json, document: Json, found: (value: Json) => void) => void;

/**
 * Steps as closures, made once. A definite path is a plain walk that gives the value itself; an indefinite one gives an array,
 * empty when nothing is found or something on the way is missing, as AWS answers.
 */
export function compileSteps(steps: readonly Step[]): Select {
  if (isDefinite(steps)) return compileWalk(steps);
  const cut = steps.findIndex((step) => step.kind === 'function');
  const visit = compileVisit(cut < 0 ? steps : steps.slice(0, cut));
  const compute = compileWalk(cut < 0 ? [] : steps.slice(cut)); // functions take the whole array of what was found
  return (document) => {
    const values: Json[] = [];
    visit(document, document, (value) => values.push(value));
    return compute(values);
  };
}

function compileWalk(steps: readonly Step[]): Select {
  const moves = steps.map(compileMove);
  return (document) => {
    let node: Json | undefined = document;
    for (const move of moves) {
      if (node === undefined) return undefined;
      node = move(node);
    }
    return node;
  };
}

function compileMove(step: Step): Select {
  switch (step.kind) {
    case 'child':
      return (node) => (isObject(node) ? own(node, step.name) : undefined);
    case 'index':
      return (node) => (Array.isArray(node) ? (at(node, step.index) ?? null) : undefined); // past the end: null, as on AWS
    case 'children':
      return (node) => (isObject(node) ? pick(node, step.names) : undefined);
    case 'function':
      return pathFunctions[step.name] ?? (() => undefined);
    default:
      throw new Error(`a definite path has no '${step.kind}' step`);
  }
}

function compileVisit(steps: readonly Step[]): Visit {
  const [step, ...rest] = steps;
  if (step === undefined) return (node, _, found) => found(node);
  const next = compileVisit(rest);
  if (step.kind === 'children' && rest.length === 0)
    return (node, _, found) => isObject(node) && found(pick(node, step.names));
  if (step.kind === 'descend') {
    const descend: Visit = (node, document, found) => {
      next(node, document, found);
      for (const value of inside(node)) descend(value, document, found);
    };
    return descend;
  }
  const select = compileSelector(step);
  return (node, document, found) => {
    for (const value of select(node, document)) next(value, document, found);
  };
}

/** The values one step finds in one value. */
function compileSelector(step: Step): (node: Json, document: Json) => readonly Json[] {
  switch (step.kind) {
    case 'child':
      return (node) => children(node, [step.name]);
    case 'children':
      return (node) => children(node, step.names);
    case 'index':
      return (node) => elements(node, [step.index]);
    case 'indexes':
      return (node) => elements(node, step.indexes);
    case 'slice':
      return (node) => (Array.isArray(node) ? node.slice(step.from, step.to) : []);
    case 'wildcard':
      return inside;
    case 'filter': {
      const holds = compileFilter(step.filter);
      return (node, document) =>
        (Array.isArray(node) ? node : isObject(node) ? [node] : []).filter((item) => holds(item, document));
    }
    default:
      throw new Error(`a '${step.kind}' step selects nothing by itself`);
  }
}

const at = (array: readonly Json[], index: number): Json | undefined => array[index < 0 ? array.length + index : index];

const inside = (node: Json): readonly Json[] =>
  Array.isArray(node) ? node : isObject(node) ? Object.values(node) : [];

const children = (node: Json, names: readonly string[]): Json[] =>
  isObject(node) ? present(names.map((name) => own(node, name))) : [];

const elements = (node: Json, indexes: readonly number[]): Json[] =>
  Array.isArray(node) ? present(indexes.map((index) => at(node, index))) : [];

const present = (values: readonly (Json | undefined)[]): Json[] => values.filter((value) => value !== undefined);

const pick = (node: { readonly [key: string]: Json }, names: readonly string[]): Json =>
  Object.fromEntries(names.filter((name) => Object.hasOwn(node, name)).map((name) => [name, node[name] ?? null]));
