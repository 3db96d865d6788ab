import { type EpochMs, toEpochMs } from '../data/instant.ts';
import type { Clock } from '../runner/ports.ts';

/** A clock that stands still until it is told to go on to whatever comes next. */
export interface VirtualClock extends Clock {
  /** Goes to the next timer and runs it; false when none is armed. */
  advanceToNext(): boolean;
}

export function virtualClock(start: EpochMs): VirtualClock {
  let now = start;
  const timers = new Set<{ readonly at: EpochMs; readonly run: () => void }>();
  return {
    now: () => now,
    at(at, run) {
      const timer = { at, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advanceToNext() {
      const next = [...timers].reduce<{ at: EpochMs; run: () => void } | undefined>(
        (first, timer) => (first === undefined || timer.at < first.at ? timer : first),
        undefined,
      );
      if (next === undefined) return false;
      timers.delete(next);
      now = toEpochMs(Math.max(now, next.at));
      next.run();
      return true;
    },
  };
}
