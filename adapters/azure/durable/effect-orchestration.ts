import { type OrchestrationContext, RetryOptions, type Task } from 'durable-functions';
import type { EffectNotice } from '../../../engine/runner/ports.ts';

/** Names are contract: instances that run while the app is updated find what they call by them. */
export const EFFECT_ORCHESTRATION = 'pm_effect';
export const PERFORM_ACTIVITY = 'pm_perform';

/** Thirty tries in about two hours; then the instance fails, and the next sweep starts another. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;
const ATTEMPTS = 30;

/**
 * The whole orchestrator: wait for the notice's instant, then have it performed, again while that fails. Nothing of the
 * interpreter is in it, so no update changes what it does when it is replayed; it uses only what version 4 of the package
 * has too; and each task is yielded once, when it was made, so no pending task is ever yielded again (issue #574).
 */
export function* effectOrchestration(context: OrchestrationContext): Generator<Task, void, unknown> {
  const notice: EffectNotice = context.df.getInput();
  if (notice.at !== undefined && notice.at > context.df.currentUtcDateTime.getTime())
    yield context.df.createTimer(new Date(notice.at));
  const retries = new RetryOptions(FIRST_PAUSE_MS, ATTEMPTS);
  retries.backoffCoefficient = 2;
  retries.maxRetryIntervalInMilliseconds = LONGEST_PAUSE_MS;
  yield context.df.callActivityWithRetry(PERFORM_ACTIVITY, retries, notice);
}
