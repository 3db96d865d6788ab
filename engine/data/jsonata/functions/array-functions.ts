import type { Run } from '../evaluator/frame.ts';
import { append, asSequence, isList, type List } from '../evaluator/list.ts';
import { isDeepEqual } from '../evaluator/truth.ts';
import { allocateList, spend } from '../meter.ts';
import { native, type Natives } from './native.ts';

/** (JSONata, "Array functions"); `$sort` is in higher-order-functions.ts. */
export const arrayFunctions: Natives = {
  count: native('<a:n>', 1, (_, items?: readonly unknown[]) => (items === undefined ? 0 : items.length)),
  append: native('<xx:a>', 2, (run, first, second) => append(first, second, run.meter)),
  reverse: native('<a:a>', 1, (run, items?: readonly unknown[]) => {
    if (items === undefined || items.length <= 1) return items;
    allocateList(run.meter, items.length);
    return Array.from(items).reverse();
  }),
  shuffle: native('<a:a>', 1, (run, items?: readonly unknown[]) => {
    if (items === undefined || items.length <= 1) return items;
    allocateList(run.meter, items.length);
    return shuffled(items, run);
  }),
  distinct: native('<x:x>', 1, distinct),
  zip: native('<a+>', 0, zip),
};

/** Fisher and Yates. */
function shuffled(items: readonly unknown[], run: Run): unknown[] {
  const result = Array.from(items);
  spend(run.meter, result.length);
  for (let last = result.length - 1; last > 0; last--) {
    const chosen = Math.floor(run.random.number() * (last + 1));
    [result[last], result[chosen]] = [result[chosen], result[last]];
  }
  return result;
}

/** The first of each kind; NaN is like nothing, itself included. */
function distinct(run: Run, items: unknown): unknown {
  if (!isList(items) || items.length <= 1) return items;
  allocateList(run.meter, items.length);
  spend(run.meter, items.length);
  const simple = new Set<unknown>();
  const objects: unknown[] = [];
  const found: unknown[] = [];
  for (const item of items) {
    if (typeof item === 'object' && item !== null) {
      spend(run.meter, objects.length);
      if (objects.some((other) => isDeepEqual(item, other, run.meter))) continue;
      objects.push(item);
    } else if (simple.has(item) && !Number.isNaN(item)) continue;
    simple.add(item);
    found.push(item);
  }
  return items.sequence === true ? asSequence(found) : found;
}

/** First with first, second with second, for as long as all have one. */
function zip(run: Run, ...arrays: readonly unknown[]): List {
  const lengths = arrays.map((array) => (Array.isArray(array) ? array.length : 0));
  const length = lengths.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  allocateList(run.meter, length * (1 + arrays.length));
  return Array.from({ length }, (_, at) => arrays.map((array) => (isList(array) ? array[at] : undefined)));
}
