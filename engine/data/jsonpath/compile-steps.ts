import { type Effort, exert } from '../effort.ts';
import { isObject, own, type Json } from '../json.ts';
import { compileFilter } from './compile-filter.ts';
import { pathFunctions } from './path-functions.ts';
import { isDefinite, type Step } from './syntax.ts';

/** What the steps of a path find in a document; undefined when a definite path finds nothing. */
export type Select = (document: Json, effort: Effort) => Json | undefined;

/** What coming by one value costs: far more than a look at it. */
const VISIT = 10;

/** Gives every value found under `node` to `found`. A step that does not fit a value finds nothing there. */
type Visit = (node: Json, document: Json, effort: Effort, found: (value: Json) => void) => void;

/**
 * Steps as closures, made once. A definite path is a plain walk that gives the value itself; an indefinite one gives an array,
 * empty when nothing is found or something on the way is missing, as AWS answers.
 * @param pastEnd what a definite path finds at an index past the end of an array
 */
export function compileSteps(steps: readonly Step[], pastEnd: 'null' | 'nothing' = 'null'): Select {
  if (isDefinite(steps)) return compileWalk(steps, pastEnd);
  const cut = steps.findIndex((step) => step.kind === 'function');
  const visit = (cut < 0 ? steps : steps.slice(0, cut)).reduceRight(compileVisit, atEnd);
  const compute = compileWalk(cut < 0 ? [] : steps.slice(cut), pastEnd); // functions take the whole array of what was found
  return (document, effort) => {
    const values: Json[] = [];
    visit(document, document, effort, (value) => values.push(value));
    return compute(values, effort);
  };
}

function compileWalk(steps: readonly Step[], pastEnd: 'null' | 'nothing'): Select {
  const moves = steps.map((step) => compileMove(step, pastEnd));
  return (document, effort) => {
    exert(effort, moves.length);
    let node: Json | undefined = document;
    for (const move of moves) {
      if (node === undefined) return undefined;
      node = move(node, effort);
    }
    return node;
  };
}

function compileMove(step: Step, pastEnd: 'null' | 'nothing'): Select {
  switch (step.kind) {
    case 'child':
      return (node) => (isObject(node) ? own(node, step.name) : undefined);
    case 'index':
      return (node) => {
        if (!Array.isArray(node)) return undefined;
        const element = at(node, step.index);
        return element === undefined && pastEnd === 'null' ? null : element;
      };
    case 'children':
      return (node, effort) => {
        exert(effort, step.names.length);
        return isObject(node) ? pick(node, step.names) : undefined;
      };
    case 'function': {
      const compute = pathFunctions[step.name];
      return (node, effort) => {
        exert(effort, inside(node).length);
        return compute?.(node);
      };
    }
    default:
      throw new Error(`a definite path has no '${step.kind}' step`);
  }
}

const atEnd: Visit = (node, _, effort, found) => {
  exert(effort, VISIT);
  found(node);
};

/** What finds the values of a step, and from each of them goes on with `next`. */
function compileVisit(next: Visit, step: Step): Visit {
  if (step.kind === 'children' && next === atEnd)
    return (node, _, effort, found) => isObject(node) && atEnd(pick(node, step.names), node, effort, found);
  if (step.kind === 'descend') {
    const descend: Visit = (node, document, effort, found) => {
      exert(effort, VISIT);
      next(node, document, effort, found);
      for (const value of inside(node)) descend(value, document, effort, found);
    };
    return descend;
  }
  const select = compileSelector(step);
  return (node, document, effort, found) => {
    exert(effort, VISIT);
    for (const value of select(node, document, effort)) next(value, document, effort, found);
  };
}

/** The values one step finds in one value. */
function compileSelector(step: Step): (node: Json, document: Json, effort: Effort) => readonly Json[] {
  switch (step.kind) {
    case 'child':
      return (node) => children(node, [step.name]);
    case 'children':
      return (node, _, effort) => {
        exert(effort, step.names.length);
        return children(node, step.names);
      };
    case 'index':
      return (node) => elements(node, [step.index]);
    case 'indexes':
      return (node, _, effort) => {
        exert(effort, step.indexes.length);
        return elements(node, step.indexes);
      };
    case 'slice':
      return (node) => (Array.isArray(node) ? node.slice(step.from, step.to) : []);
    case 'wildcard':
      return inside;
    case 'filter': {
      const holds = compileFilter(step.filter);
      return (node, document, effort) =>
        (Array.isArray(node) ? node : isObject(node) ? [node] : []).filter((item) => holds(item, document, effort));
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
