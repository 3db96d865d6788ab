import { type Effort, exert, exertOver } from '../effort.ts';
import type { Json } from '../json.ts';
import { compileSteps } from './compile-steps.ts';
import { filterOperators, type Value } from './filter-operators.ts';
import type { Filter, Operand, PathSyntax } from './syntax.ts';
import { TextPattern } from './text-pattern.ts';

/** Whether an item passes; `document` is what `$` means inside the filter. */
export type Holds = (item: Json, document: Json, effort: Effort) => boolean;

/** A filter as closures, made once. */
export function compileFilter(filter: Filter): Holds {
  if (filter.kind === 'not') {
    const holds = compileFilter(filter.filter);
    return (item, document, effort) => !holds(item, document, effort);
  }
  if (filter.kind === 'exists') {
    const find = compileFind(filter.path);
    return (item, document, effort) => find(item, document, effort) !== undefined;
  }
  if (filter.kind === 'compare') {
    const [left, right] = [compileOperand(filter.left), compileOperand(filter.right)];
    const operator = filterOperators[filter.operator];
    return (item, document, effort) => {
      const [a, b] = [left(item, document, effort), right(item, document, effort)];
      weigh(a, b, effort);
      return operator?.(a, b, effort) ?? false;
    };
  }
  const filters = filter.filters.map(compileFilter);
  return filter.kind === 'or'
    ? (item, document, effort) => filters.some((holds) => holds(item, document, effort))
    : (item, document, effort) => filters.every((holds) => holds(item, document, effort));
}

/** A comparison may look at all of both, and at every pair of their elements. */
function weigh(left: Value, right: Value, effort: Effort): void {
  for (const each of [left, right]) if (each !== undefined && !(each instanceof TextPattern)) exertOver(effort, each);
  if (Array.isArray(left) && Array.isArray(right)) exert(effort, left.length * right.length);
}

function compileOperand(operand: Operand): (item: Json, document: Json, effort: Effort) => Value {
  if (operand.kind === 'path') return compileFind(operand.path);
  return operand.kind === 'constant' ? () => operand.value : () => operand.pattern;
}

function compileFind({ root, steps }: PathSyntax): (item: Json, document: Json, effort: Effort) => Json | undefined {
  const select = compileSteps(steps);
  return root.kind === 'item'
    ? (item, _, effort) => select(item, effort)
    : (_, document, effort) => select(document, effort);
}
