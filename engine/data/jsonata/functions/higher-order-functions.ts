import { apply, isCallable } from '../evaluator/callable.ts';
import type { Run } from '../evaluator/frame.ts';
import { asSequence, type List } from '../evaluator/list.ts';
import { setMember } from '../evaluator/members.ts';
import { mergeSort } from '../evaluator/merge-sort.ts';
import { areNumbers, areStrings, isTruthy } from '../evaluator/truth.ts';
import { failure } from '../failure.ts';
import { allocate, allocateList, spend } from '../meter.ts';
import { native, type Natives } from './native.ts';

/** (JSONata, "Higher order functions", and those of arrays and objects that take functions) */
export const higherOrderFunctions: Natives = {
  map: native('<af>', 2, map),
  filter: native('<af>', 2, filter),
  single: native('<af?>', 2, single),
  reduce: native('<afj?:j>', 3, reduce),
  sort: native('<af?:a>', 2, sort),
  each: native('<o-f:a>', 2, each),
  sift: native('<o-f?:o>', 2, sift),
};

type Items = readonly unknown[] | undefined;

function map(run: Run, items: Items, procedure: unknown): List | undefined {
  if (items === undefined) return undefined;
  const call = caller(procedure, items, run);
  const results: unknown[] = [];
  for (let at = 0; at < items.length; at++) {
    const result = call(items[at], at);
    if (result !== undefined) results.push(result);
  }
  allocateList(run.meter, results.length);
  return asSequence(results);
}

function filter(run: Run, items: Items, procedure: unknown): List | undefined {
  if (items === undefined) return undefined;
  const call = caller(procedure, items, run);
  const results: unknown[] = [];
  for (let at = 0; at < items.length; at++) if (isTruthy(call(items[at], at), run.meter)) results.push(items[at]);
  allocateList(run.meter, results.length);
  return asSequence(results);
}

function single(run: Run, items: Items, procedure: unknown): unknown {
  if (items === undefined) return undefined;
  const call = procedure === undefined ? () => true : caller(procedure, items, run);
  spend(run.meter, items.length);
  let found: { readonly item: unknown } | undefined;
  for (let at = 0; at < items.length; at++) {
    if (!isTruthy(call(items[at], at), run.meter)) continue;
    if (found !== undefined) throw failure('D3138', { index: at });
    found = { item: items[at] };
  }
  if (found === undefined) throw failure('D3139');
  return found.item;
}

function reduce(run: Run, items: Items, procedure: unknown, initial?: unknown): unknown {
  if (items === undefined) return undefined;
  if (!isCallable(procedure)) throw failure('T1006');
  const { arity } = procedure;
  if (arity < 2) throw failure('D3050', { index: 1 });
  const fromFirst = initial === undefined && items.length > 0;
  let result = fromFirst ? items[0] : initial;
  for (let at = fromFirst ? 1 : 0; at < items.length; at++) {
    spend(run.meter, 1);
    const args = [result, items[at], at, items].slice(0, Math.min(4, arity));
    result = apply(procedure, args, null, run);
  }
  return result;
}

function sort(run: Run, items: unknown[] | undefined, procedure?: unknown): unknown {
  if (items === undefined || items.length <= 1) return items;
  if (procedure !== undefined)
    return mergeSort(items, (left, right) => Boolean(apply(procedure, [left, right], null, run)), run.meter);
  if (areNumbers(items, run.meter) || areStrings(items, run.meter))
    return mergeSort(items, (left, right) => (left as number) > (right as number), run.meter);
  throw failure('D3070', { index: 1 });
}

function each(run: Run, object: object | undefined, procedure: unknown): List {
  const call = caller(procedure, object, run);
  const results: unknown[] = [];
  for (const [key, value] of Object.entries(object ?? {})) {
    const result = call(value, key);
    if (result !== undefined) results.push(result);
  }
  allocateList(run.meter, results.length);
  return asSequence(results);
}

function sift(run: Run, object: object | undefined, procedure: unknown): unknown {
  const call = caller(procedure, object, run);
  const result = {};
  for (const [key, value] of Object.entries(object ?? {})) {
    if (!isTruthy(call(value, key), run.meter)) continue;
    allocate(run.meter, 32);
    setMember(result, key, value);
  }
  return Object.keys(result).length === 0 ? undefined : result;
}

/** Gives a function the value, its place or key, and the whole, as many of them as it takes. */
function caller(procedure: unknown, whole: unknown, run: Run): (value: unknown, place: unknown) => unknown {
  const arity = isCallable(procedure) ? procedure.arity : 0; // what is no function fails when it is called
  return (value, place) => {
    spend(run.meter, 1);
    const args = arity >= 3 ? [value, place, whole] : arity >= 2 ? [value, place] : [value];
    return apply(procedure, args, null, run);
  };
}
