import { allocateList, type Meter } from '../meter.ts';

/**
 * An array with JSONata's marks. A sequence is what a path found: one value of it is that value, none is nothing.
 * Arrays of the data carry no marks and are never given any.
 */
export interface List extends Array<unknown> {
  sequence?: boolean;
  /** A sequence that stays an array even when it has one value: `a[]`. */
  keepSingleton?: boolean;
  /** Written as `[…]` in a path, which does not flatten it. */
  cons?: boolean;
  /** Around an input that is itself an array. */
  outerWrapper?: boolean;
  /** Of tuples: values with the variables that `@`, `#` and `%` bound on the way. */
  tupleStream?: boolean;
}

export const isList = (value: unknown): value is List => Array.isArray(value);

/** Marks an array of our own, which should be full already: growing a marked array is slow. */
export function asSequence(items: unknown[]): List {
  const list: List = items;
  list.sequence = true;
  return list;
}

/** A path that finds nothing gives undefined, one that finds one value gives that value. */
export function settle(list: List, keepArray: boolean): unknown {
  if (list.sequence !== true || list.tupleStream === true) return list;
  if (keepArray) list.keepSingleton = true;
  if (list.length === 0) return undefined;
  return list.length === 1 && list.keepSingleton !== true ? list[0] : list;
}

/** Everything of the first, then everything of the second; nothing is left out, and one alone is given as it is. */
export function append(first: unknown, second: unknown, meter: Meter): unknown {
  if (first === undefined) return second;
  if (second === undefined) return first;
  const left = isList(first) ? first : [first];
  const right = isList(second) ? second : [second];
  allocateList(meter, left.length + right.length);
  return [...left, ...right];
}

/** Values appended one after another, as `append` does, in time that grows with their number only. */
export interface Gathered {
  readonly value: unknown;
  add(next: unknown, meter: Meter): void;
}

export function gather(first: unknown): Gathered {
  let value = first;
  let own: unknown[] | undefined; // `first` may be an array of the data
  return {
    get value() {
      return value;
    },
    add(next, meter) {
      if (next === undefined) return;
      if (value === undefined) {
        value = next;
        return;
      }
      value = own ??= isList(value) ? [...value] : [value];
      const items = isList(next) ? next : [next];
      for (const item of items) own.push(item);
      allocateList(meter, items.length);
    },
  };
}

/** The results of a step as one sequence: arrays among them lose their brackets, unless they were written in the path. */
export function flattened(results: unknown[], meter: Meter): List {
  let length = 0;
  let flat = true;
  for (const result of results) {
    const spread = isList(result) && result.cons !== true;
    length += spread ? result.length : 1;
    if (spread) flat = false;
  }
  allocateList(meter, length);
  if (flat) return asSequence(results);
  const items: unknown[] = [];
  for (const result of results) {
    if (isList(result) && result.cons !== true) for (const item of result) items.push(item);
    else items.push(result);
  }
  return asSequence(items);
}
