import { type EpochMs, toEpochMs } from '../../engine/data/instant.ts';
import type { Clock } from '../../engine/runner/ports.ts';

interface Timer {
  readonly at: EpochMs;
  readonly run: () => void;
}

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  /** Runs every timer due on the way, in order, each at its own moment. */
  advance(milliseconds: number): void;
  /** Goes to the next timer and runs it; false when none is armed. */
  advanceToNext(): boolean;
  /** Timers armed now. */
  armed(): number;
}

export function testClock(start = Date.UTC(2026, 0, 1)): TestClock {
  let now = toEpochMs(start);
  const timers = new Set<Timer>();
  const next = (): Timer | undefined => [...timers].sort((a, b) => a.at - b.at)[0];
  const fire = (timer: Timer): void => {
    timers.delete(timer);
    now = toEpochMs(Math.max(now, timer.at));
    timer.run();
  };
  return {
    now: () => now,
    at(at, run) {
      const timer = { at, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(milliseconds) {
      const end = toEpochMs(now + milliseconds);
      for (let timer = next(); timer !== undefined && timer.at <= end; timer = next()) fire(timer);
      now = end;
    },
    advanceToNext() {
      const timer = next();
      if (timer !== undefined) fire(timer);
      return timer !== undefined;
    },
    armed: () => timers.size,
  };
}
