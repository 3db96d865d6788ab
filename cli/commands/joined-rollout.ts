import { CliFailure } from '../cli-failure.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { oneLine } from '../text/clean.ts';
import { rolloutOutcome } from '../watch/watch-rollout.ts';

/** What was asked for, and the rollout that there was for it already. */
export interface JoinedRollout {
  readonly service: string;
  /** Tag or digest; the newest tag when absent. */
  readonly reference?: string | undefined;
  readonly executionArn: string;
}

/**
 * Says how it stands with a rollout that nobody had to start: the same release had been asked for before.
 * @throws CliFailure `ended` when it ended without the release being out: nothing more will happen by itself
 */
export async function joinedRollout(
  { service, reference, executionArn }: JoinedRollout,
  session: Session,
): Promise<ExitCode> {
  const { status } = await session.client.describeExecution(executionArn);
  if (status === 'RUNNING') {
    session.out.hint(`Its rollout runs already. To watch it: pointsman deploy watch ${service}`);
    return exitCodes.ok;
  }
  const { outcome, reason, isGood } = await rolloutOutcome(service, executionArn, session);
  if (isGood) {
    session.out.hint(`This very release had its rollout already: ${oneLine(outcome)}.`);
    return exitCodes.ok;
  }
  const again = ['pointsman deploy start', service, ...(reference ? ['--reference', reference] : []), '--retry'];
  throw new CliFailure(exitCodes.ended, `this very release had its rollout already, which ended ${oneLine(outcome)}`, {
    details: [reason],
    try: [again.join(' ')],
  });
}
