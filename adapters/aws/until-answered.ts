import { setTimeout as pause } from 'node:timers/promises';
import { AwsRefusal } from './aws-refusal.ts';

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 40;

/** Refusals that a later call may not meet. DynamoDB tells most of them with status 400. */
const passing = new Set([
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'TransactionInProgressException',
]);

/**
 * What a service answers, asked again when the answer was lost, when the service was in trouble, and when it was asked too often;
 * five times in all. @param asked what for, for people. @throws AwsRefusal, or Error when there was no answer
 */
export async function untilAnswered<T>(asked: string, ask: () => Promise<T | AwsRefusal>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask().catch((thrown: unknown) =>
      thrown instanceof Error ? thrown : new Error(String(thrown)),
    );
    if (!(answer instanceof Error)) return answer;
    const isFinal = answer instanceof AwsRefusal && answer.status < 500 && !passing.has(answer.name);
    if (isFinal || attempt === ATTEMPTS)
      throw worded(answer, `${asked}${attempt > 1 ? ` (asked ${attempt} times)` : ''}`);
    await pause(Math.random() * FIRST_PAUSE_MS * 2 ** attempt);
  }
}

function worded(problem: Error, asked: string): Error {
  if (problem instanceof AwsRefusal)
    return new AwsRefusal(problem.name, `${asked}: ${problem.message}`, problem.status, problem.answer);
  const reason = problem.cause instanceof Error ? `${problem.message}: ${problem.cause.message}` : problem.message;
  return new Error(`${asked} was not answered: ${reason}`, { cause: problem });
}
