import { toEpochMs } from '../../engine/data/instant.ts';
import type { Clock } from '../../engine/runner/ports.ts';

/** setTimeout counts milliseconds in 31 bits; a longer delay would fire at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** The machine's own clock. Its timers do not keep the process alive: a host that only waits may be ended. */
export const systemClock: Clock = {
  now: () => toEpochMs(Date.now()),
  at(at, run) {
    let timeout: NodeJS.Timeout;
    const arm = () => {
      const left = Math.max(0, at - Date.now());
      timeout = setTimeout(left > LONGEST_TIMEOUT_MS ? arm : fire, Math.min(left, LONGEST_TIMEOUT_MS)).unref();
    };
    // A timeout may fire a millisecond before the wall clock says so.
    const fire = () => (Date.now() < at ? arm() : run());
    arm();
    return () => clearTimeout(timeout);
  },
};
