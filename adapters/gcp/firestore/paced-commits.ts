import { toEpochMs } from '../../../engine/data/instant.ts';
import type { Clock, ExecutionArn, ExecutionStore } from '../../../engine/runner/ports.ts';

export interface Pace {
  /** Commits of one execution that may follow each other at once. */
  readonly burst: number;
  /** Between two commits once those are used; so much time gives one back. */
  readonly intervalMs: number;
}

/** Firestore takes a write a second to one document for as long as one likes, and more in bursts. ("Best practices") */
export const FIRESTORE_PACE: Pace = { burst: 60, intervalMs: 1000 };

/** Executions whose pace is remembered; one that is forgotten may burst again. */
const REMEMBERED = 5000;

/**
 * The store, with the commits of each execution spread over time. An event that comes while one waits joins the next commit, so
 * a wide Map has larger commits in place of more. Processes pace by themselves: many of them together are as many times as fast.
 */
export function pacedCommits(
  store: ExecutionStore,
  clock: Clock,
  { burst, intervalMs }: Pace = FIRESTORE_PACE,
): ExecutionStore {
  /** When the execution would have its whole burst again. */
  const fullAt = new Map<ExecutionArn, number>();

  /** Milliseconds to wait before a commit, which is taken into account at once. */
  function turn(arn: ExecutionArn): number {
    const now = clock.now();
    const before = Math.max(fullAt.get(arn) ?? 0, now);
    fullAt.delete(arn);
    fullAt.set(arn, before + intervalMs);
    const oldest = fullAt.size > REMEMBERED ? fullAt.keys().next().value : undefined;
    if (oldest !== undefined) fullAt.delete(oldest);
    return Math.max(0, before - now - (burst - 1) * intervalMs);
  }

  return {
    ...store,
    async commit(arn, expectedVersion, change) {
      const waitMs = turn(arn);
      if (waitMs > 0) await new Promise<void>((resolve) => void clock.at(toEpochMs(clock.now() + waitMs), resolve));
      return store.commit(arn, expectedVersion, change);
    },
  };
}
