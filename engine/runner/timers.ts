import type { EpochMs } from '../data/instant.ts';
import type { Clock } from './ports.ts';

/** Timers by name: arming a name again replaces its timer. They last as long as the process; the outbox outlives it. */
export interface Timers {
  set(name: string, at: EpochMs, run: () => void): void;
  cancel(name: string): void;
  cancelAll(): void;
}

export function createTimers(clock: Clock): Timers {
  const armed = new Map<string, () => void>();
  const cancel = (name: string) => {
    armed.get(name)?.();
    armed.delete(name);
  };
  return {
    set(name, at, run) {
      cancel(name);
      armed.set(
        name,
        clock.at(at, () => {
          armed.delete(name);
          run();
        }),
      );
    },
    cancel,
    cancelAll() {
      for (const disarm of armed.values()) disarm();
      armed.clear();
    },
  };
}
