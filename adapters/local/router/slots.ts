/** Values that are there for a while, in no order. */
interface Slots<T> {
  /** @returns the slot it is in, for `letGo` */
  hold(value: T): number;
  letGo(slot: number): void;
  values(): readonly T[];
}

/**
 * A set for values that come and go with every request. A Map or Set makes a new table every few requests; tables that
 * grew old keep what they held last alive, and everything that hangs on it, until a full garbage collection: measured
 * on the router as scavenges of 15 ms instead of 1. Slots are used again instead.
 */
export function slots<T>(): Slots<T> {
  const held: (T | undefined)[] = [];
  const free: number[] = [];
  return {
    hold(value) {
      const slot = free.pop() ?? held.length;
      held[slot] = value;
      return slot;
    },
    letGo(slot) {
      held[slot] = undefined;
      free.push(slot);
    },
    values: () => held.filter((value): value is T => value !== undefined),
  };
}
