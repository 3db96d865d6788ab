import type { Tested, TestAnswer } from '../../core/index.ts';
import { plusSeconds } from '../../data/instant.ts';
import { ApiError } from '../api-error.ts';
import type { StepFunctionsApiOptions } from '../options.ts';
import { newUuid } from '../wire-values.ts';

/** What a test waits for. */
export type Performing = Extract<Tested, { kind: 'waits' }>['effect'];

/** A test that lasts longer fails. (Step Functions guide, "Using TestState") */
const LONGEST_SECONDS = 300;

/**
 * Does for a test without a mock what its state waits for: lets a Wait's time pass, or has a worker do the task.
 * @throws ApiError `ValidationException` for a task that only a running execution can have
 */
export async function perform(
  effect: Performing,
  { dispatcher, clock, ids }: Pick<StepFunctionsApiOptions, 'dispatcher' | 'clock' | 'ids'>,
): Promise<TestAnswer> {
  const limit = plusSeconds(clock.now(), LONGEST_SECONDS);
  const timeout: TestAnswer = { kind: 'failed', failure: { error: 'States.Timeout', cause: undefined } };
  if (effect.kind === 'SetTimer') {
    const answer: TestAnswer = effect.at > limit ? timeout : { kind: 'passed' };
    return new Promise((resolve) => void clock.at(effect.at > limit ? limit : effect.at, () => resolve(answer)));
  }
  const { resource, input, deadline, token, id } = effect;
  if (token !== undefined || !dispatcher.knows(resource))
    throw new ApiError('ValidationException', `${resource} cannot be called by a test here: give a mock`);
  const key = `test-state#${newUuid(ids)}#${id}`;
  const until = deadline === undefined || deadline > limit ? limit : deadline;
  return new Promise((resolve) => {
    const cancel = clock.at(until, () => {
      dispatcher.cancel(key);
      resolve(timeout);
    });
    dispatcher.dispatch({ key, execution: key, resource, input, taskToken: undefined, deadline: until }, (outcome) => {
      cancel();
      if (outcome.kind === 'succeeded') resolve(outcome);
      else resolve({ kind: 'failed', failure: { error: outcome.error, cause: outcome.cause } });
    });
  });
}
