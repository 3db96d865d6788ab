import type { ServiceStatus } from '../client/services.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { conclude, type Outcome } from './conclude.ts';
import { watchExecution, type WatchOptions } from './watch-execution.ts';

/** Follows a service's rollout to its end. Good is what was promoted, or needed no change. */
export async function watchRollout(
  service: string,
  executionArn: string,
  session: Session,
  options: WatchOptions = {},
): Promise<ExitCode> {
  const watched = await watchExecution(executionArn, session, options);
  const subject = { executionArn, name: `rollout of ${service}`, reattach: `pointsman deploy watch ${service}` };
  return conclude(watched, subject, session, () => rolloutOutcome(service, executionArn, session));
}

/** How a rollout that has ended did: what the ledger says of it, else what its execution says. */
export async function rolloutOutcome(
  service: string,
  executionArn: string,
  { client }: Pick<Session, 'client'>,
): Promise<Outcome> {
  const recorded = recordedOutcome(await client.service(service), executionArn);
  if (recorded !== undefined) return recorded;
  const { status, output, error, cause } = await client.describeExecution(executionArn);
  return outputOutcome(output) ?? { outcome: status, reason: error ?? cause ?? '', isGood: status === 'SUCCEEDED' };
}

/** What the ledger says of an execution; undefined when it recorded nothing. */
export function recordedOutcome({ releases }: ServiceStatus, executionArn: string): Outcome | undefined {
  const record = releases.find(({ execution }) => execution === executionArn);
  return record && toOutcome(record.outcome, record.reason);
}

/** A rollout that succeeds as an execution may still have taken its release back: its output says so. */
function outputOutcome(text: string | undefined): Outcome | undefined {
  try {
    const output: unknown = JSON.parse(text ?? 'null');
    if (typeof output !== 'object' || output === null || !('outcome' in output)) return undefined;
    return toOutcome(String(output.outcome), 'reason' in output ? String(output.reason) : '');
  } catch {
    return undefined;
  }
}

const toOutcome = (outcome: string, reason: string): Outcome => ({
  outcome,
  reason,
  isGood: ['promoted', 'unchanged'].includes(outcome),
});
