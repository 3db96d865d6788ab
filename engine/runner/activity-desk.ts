import { toEpochMs } from '../data/instant.ts';
import type { Clock, ExecutionArn } from './ports.ts';

/** A task of an activity that nobody has taken. */
export interface ActivityOffer {
  /** Names the attempt; offering it again changes nothing. */
  readonly key: string;
  readonly activityArn: string;
  readonly execution: ExecutionArn;
  readonly frame: string;
  /** The attempt's key in its execution. */
  readonly attempt: string;
  readonly token: string;
  /** JSON text. */
  readonly input: string;
}

/** Where tasks wait for workers and workers for tasks. The outbox outlives it: after a restart tasks are offered again. */
export interface ActivityDesk {
  offer(offer: ActivityOffer): void;
  /** The attempt is over. */
  withdraw(key: string): void;
  /**
   * The task that waits longest, or the next one that comes within `POLL_MS`; undefined when none does, or when the
   * worker left. `begin` tells its execution, and a task that this finds over is passed by.
   */
  take(
    activityArn: string,
    begin: (offer: ActivityOffer) => Promise<boolean>,
    signal?: AbortSignal,
  ): Promise<ActivityOffer | undefined>;
  /** Which activities exist. */
  readonly known: Set<string>;
  /** Sends every worker away without a task, those that come later too. */
  close(): void;
}

/** How long a worker waits for a task. (API reference, GetActivityTask) */
const POLL_MS = 60_000;

export function createActivityDesk(clock: Clock): ActivityDesk {
  const offers = new Map<string, ActivityOffer>();
  const workers = new Set<Worker>();
  let closed = false;

  /** Waits for a task until the moment comes, the worker leaves or the desk closes. */
  function next(
    activityArn: string,
    until: number,
    signal: AbortSignal | undefined,
  ): Promise<ActivityOffer | undefined> {
    const waiting = offers.values().find((offer) => offer.activityArn === activityArn);
    if (waiting !== undefined) {
      offers.delete(waiting.key);
      return Promise.resolve(waiting);
    }
    if (closed || signal?.aborted === true || until <= clock.now()) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const leave = (offer?: ActivityOffer) => {
        workers.delete(worker);
        disarm();
        signal?.removeEventListener('abort', goAway);
        resolve(offer);
      };
      const goAway = () => leave();
      const worker: Worker = { activityArn, leave };
      const disarm = clock.at(toEpochMs(until), goAway);
      signal?.addEventListener('abort', goAway);
      workers.add(worker);
    });
  }

  return {
    known: new Set(),
    offer(offer) {
      const worker = workers.values().find(({ activityArn }) => activityArn === offer.activityArn);
      if (worker !== undefined) worker.leave(offer);
      else offers.set(offer.key, offer);
    },
    withdraw: (key) => void offers.delete(key),
    async take(activityArn, begin, signal) {
      const until = clock.now() + POLL_MS;
      for (;;) {
        const offer = await next(activityArn, until, signal);
        if (offer === undefined || (await begin(offer))) return offer;
      }
    },
    close() {
      closed = true;
      for (const { leave } of workers) leave();
    },
  };
}

interface Worker {
  readonly activityArn: string;
  /** Gives up the place in the queue, with the task that came or without one. */
  readonly leave: (offer?: ActivityOffer) => void;
}
