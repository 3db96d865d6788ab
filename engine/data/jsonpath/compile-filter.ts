import type { Json } from '../json.ts';
import { compileSteps } from './compile-steps.ts';
import { filterOperators, type Value } from './filter-operators.ts';
import type { Filter, Operand, PathSyntax } from './syntax.ts';

/** Whether an item passes; `document` is what `$` means inside the filter. */
export type Holds = (item: Json, document: Json) => boolean;

/** A filter as closures, made once. */
export function compileFilter(filter: Filter): Holds {
  if (filter.kind === 'not') {
    const holds = compileFilter(filter.filter);
    return (item, document) => !holds(item, document);
  }
  if (filter.kind === 'exists') {
    const find = compileFind(filter.path);
    return (item, document) => find(item, document) !== undefined;
  }
  if (filter.kind === 'compare') {
    const [left, right] = [compileOperand(filter.left), compileOperand(filter.right)];
    const operator = filterOperators[filter.operator];
    return (item, document) => operator?.(left(item, document), right(item, document)) ?? false;
  }
  const filters = filter.filters.map(compileFilter);
  return filter.kind === 'or'
    ? (item, document) => filters.some((holds) => holds(item, document))
    : (item, document) => filters.every((holds) => holds(item, document));
}

function compileOperand(operand: Operand): (item: Json, document: Json) => Value {
  if (operand.kind === 'path') return compileFind(operand.path);
  return operand.kind === 'constant' ? () => operand.value : () => operand.pattern;
}

function compileFind({ root, steps }: PathSyntax): (item: Json, document: Json) => Json | undefined {
  const select = compileSteps(steps);
  return root.kind === 'item' ? (item) => select(item) : (_, document) => select(document);
}
