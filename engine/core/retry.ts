import type { Catcher, Retrier } from '../asl/machine.ts';
import type { Failure } from './execution.ts';

/** Whether `ErrorEquals` names this failure. `States.Runtime` is matched by its own name only. (ASL spec, "Errors") */
export function matches(errorEquals: readonly string[], { error, kind }: Failure): boolean {
  return errorEquals.some((wanted) => {
    if (wanted === error || (wanted === 'States.HeartbeatTimeout' && kind === 'heartbeat')) return true;
    if (error === 'States.Runtime') return false;
    return wanted === 'States.ALL' || (wanted === 'States.TaskFailed' && error !== 'States.Timeout');
  });
}

/** Index of the first retrier that names the failure; -1 when none does. */
export const firstRetrier = (retriers: readonly Retrier[], failure: Failure): number =>
  retriers.findIndex(({ errorEquals }) => matches(errorEquals, failure));

/** The attempt a failure is given: which retrier pays for it, and after how many seconds it starts. */
export interface Attempt {
  readonly retrier: number;
  readonly delaySeconds: number;
}

/**
 * The first retrier that names the failure decides; when its attempts are used up, there is no retry.
 * The delay is IntervalSeconds · BackoffRate^n, at most MaxDelaySeconds; full jitter takes a uniform share of it.
 */
export function nextAttempt(
  retriers: readonly Retrier[],
  used: readonly number[],
  failure: Failure,
  random: () => number,
): Attempt | undefined {
  const retrier = firstRetrier(retriers, failure);
  const policy = retriers[retrier];
  const before = used[retrier] ?? 0;
  if (policy === undefined || before >= policy.maxAttempts) return undefined;
  const grown = policy.intervalSeconds * policy.backoffRate ** before;
  const delay = Math.min(grown, policy.maxDelaySeconds ?? Number.MAX_SAFE_INTEGER);
  return { retrier, delaySeconds: policy.jitter === 'FULL' ? delay * random() : delay };
}

export const firstCatcher = (catchers: readonly Catcher[], failure: Failure): Catcher | undefined =>
  catchers.find(({ errorEquals }) => matches(errorEquals, failure));
