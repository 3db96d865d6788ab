import type { Clock } from '../../../engine/runner/ports.ts';
import { systemClock } from '../system-clock.ts';
import { virtualClock } from '../virtual-clock.ts';
import type { Fetch } from './listen.ts';

/** The time of a host. The ports and calls that it goes through here hold a virtual clock while they are busy. */
export interface HostTime {
  readonly clock: Clock;
  port<T extends object>(port: T): T;
  call<A extends unknown[], R>(work: (...args: A) => R): (...args: A) => R;
  requests(fetch: Fetch): Fetch;
  close(): void;
}

export const realTime: HostTime = {
  clock: systemClock,
  port: (port) => port,
  call: (work) => work,
  requests: (fetch) => fetch,
  close: () => {},
};

/** Operations whose answer itself waits for time to pass. */
const WAITING = new Set([
  'AWSStepFunctions.StartSyncExecution',
  'AWSStepFunctions.GetActivityTask',
  'AWSStepFunctions.TestState', // of a Wait
]);

/**
 * Time that stands still while a request, a function or a commit is in hand, and otherwise goes to the next timer.
 * `from` in milliseconds since 1970.
 */
export function virtualTime(from: number, clock = virtualClock(from)): HostTime {
  return {
    clock,
    port: clock.heldPort,
    call: clock.heldCall,
    requests: (fetch) => {
      const held = clock.heldCall(async (request: Request) => fetch(request));
      return (request) => (WAITING.has(request.headers.get('x-amz-target') ?? '') ? fetch(request) : held(request));
    },
    close: clock.close,
  };
}
