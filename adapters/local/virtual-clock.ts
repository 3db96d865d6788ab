import { type EpochMs, toEpochMs } from '../../engine/data/instant.ts';
import type { Clock } from '../../engine/runner/ports.ts';

/** A clock that stands still while anything is held, and goes to the next timer when nothing is. */
export interface VirtualClock extends Clock {
  /** Time stands still until the returned function is called; calling it again changes nothing. */
  hold(): () => void;
  /** The function, with time standing still until what it promises is settled. */
  heldCall<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R;
  /** The port, with time standing still until what its methods promise is settled. */
  heldPort<T extends object>(port: T): T;
  /** Resolves at the next moment at which nothing is held and no timer is left: only the outside could go on. */
  idle(): Promise<void>;
  /** No timer fires any more. */
  close(): void;
}

interface Timer {
  readonly at: EpochMs;
  readonly run: () => void;
}

/** What a promise set free may go on to do, or a request that has arrived, shows within as many turns of the event loop. */
const QUIET_TURNS = 2;

/**
 * Begins at `start`, in milliseconds since 1970. Timers fire one after the other, each at its own moment exactly, those
 * of one moment in the order they were set. What is under way and not held (a worker elsewhere with a task in hand)
 * does not stop the clock.
 */
export function virtualClock(start: number): VirtualClock {
  let now = toEpochMs(start);
  let held = 0;
  let isLooking = false;
  let isClosed = false;
  const timers: Timer[] = []; // earliest first
  const idlers: (() => void)[] = [];

  /** Looks whether it is quiet, after some turns in which nothing was begun. */
  function look(turnsLeft = QUIET_TURNS): void {
    if (held > 0 || isClosed) isLooking = false;
    else setImmediate(turnsLeft > 0 ? () => look(turnsLeft - 1) : goOn);
  }

  function goOn(): void {
    isLooking = false;
    if (held > 0 || isClosed) return;
    const next = timers.shift();
    if (next === undefined) {
      for (const tell of idlers.splice(0)) tell();
      return;
    }
    now = toEpochMs(Math.max(now, next.at));
    next.run();
    lookSoon();
  }

  function lookSoon(): void {
    if (isLooking || held > 0) return;
    isLooking = true;
    look();
  }

  function hold(): () => void {
    held++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      held--;
      lookSoon();
    };
  }

  function heldCall<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R {
    return (...args) => {
      const answer = work(...args);
      if (answer instanceof Promise) {
        const release = hold();
        answer.then(release, release);
      }
      return answer;
    };
  }

  return {
    now: () => now,
    at(at, run) {
      const timer = { at, run };
      const place = timers.findLastIndex((other) => other.at <= at) + 1;
      timers.splice(place, 0, timer);
      lookSoon();
      return () => {
        const found = timers.indexOf(timer);
        if (found >= 0) timers.splice(found, 1);
      };
    },
    hold,
    heldCall,
    heldPort: (port) =>
      new Proxy(port, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name);
          return typeof member === 'function' ? heldCall(member.bind(target)) : member;
        },
      }),
    idle() {
      lookSoon();
      return new Promise((resolve) => void idlers.push(resolve));
    },
    close() {
      isClosed = true;
      timers.length = 0;
    },
  };
}
