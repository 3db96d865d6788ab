import type { ItemSource } from './execution.ts';

/** Where the item at an index is from; undefined when nothing says so. `sources` are in the order of their items. */
export function sourceOf(sources: readonly ItemSource[], index: number): string | undefined {
  let [low, high] = [0, sources.length]; // a listing of a hundred thousand objects has as many sources
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sources[middle]?.from ?? 0) <= index) low = middle + 1;
    else high = middle;
  }
  return sources[low - 1]?.source;
}
