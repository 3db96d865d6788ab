import type { Ids } from '../../engine/runner/ports.ts';

/** Ids that are the same in every run: 1, 2, 3 … as 32 hexadecimal digits. */
export function countingIds(first = 1): Ids {
  let next = first;
  return { next: () => (next++).toString(16).padStart(32, '0') };
}
