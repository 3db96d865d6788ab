import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import { oneLine } from '../../text/clean.ts';
import { conclude } from '../../watch/conclude.ts';
import { watchExecution } from '../../watch/watch-execution.ts';

/** Starts a workflow on a group and, with `watch`, follows it to its end; prints the ARN of its execution. */
export async function startRun(
  group: string,
  workflow: string,
  input: object,
  watch: boolean,
  session: Session,
): Promise<ExitCode> {
  const { out, client } = session;
  const started = await client.startRun(group, { workflow, input });
  const { executionArn } = started;
  if (!watch || out.format === 'text') out.answer(started, () => oneLine(executionArn));
  if (!watch) {
    out.hint(
      `To watch it: pointsman execution watch ${executionArn}\nTo see what it waits for: pointsman recovery status ${group}`,
    );
    return exitCodes.ok;
  }
  const name = executionArn.split(':').at(-1) ?? '';
  const subject = {
    executionArn,
    name: `${workflow} of ${group}`,
    reattach: `pointsman execution watch ${executionArn}`,
  };
  const watched = await watchExecution(executionArn, session);
  const ending = await conclude(watched, subject, session, async () => {
    const { status } = await client.describeExecution(executionArn);
    const recorded = await client.run(group, name).catch(() => undefined);
    return { outcome: recorded?.outcome ?? status, reason: recorded?.reason ?? '', isGood: status === 'SUCCEEDED' };
  });
  if (watched.kind === 'ended') out.hint(`Its report: pointsman recovery report ${group} ${name}`);
  return ending;
}
