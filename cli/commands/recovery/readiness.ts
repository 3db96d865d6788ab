import type { Readiness } from '../../client/groups.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import { oneLine } from '../../text/clean.ts';
import type { Paint } from '../../text/paint.ts';
import { table } from '../../text/table.ts';

/** What a run on a group may be. */
export type Mode = 'switchover' | 'failover' | 'failback';

/** Every question of the pre-flight with its answer, and what it would take and lose to do it now; exit code 7 when not ready. */
export async function recoveryReadiness(
  { group, mode, to }: { readonly group: string; readonly mode: Mode; readonly to?: string | undefined },
  { out, client }: Session,
): Promise<ExitCode> {
  const found = await client.readiness(group, mode, to);
  out.answer(found, () => readinessText(found, out.paint));
  return standsInTheWay(found).length === 0 ? exitCodes.ok : exitCodes.refused;
}

/**
 * Failing checks. That the primary is lost is asked by a failover that begins: before that, that it is not is no fault of a
 * group, and a readiness that is looked at every minute must not be red for it.
 */
const standsInTheWay = ({ checks }: Readiness) =>
  checks.filter(({ name, status }) => status === 'fail' && name !== 'primary-lost');

/** Failing checks first. */
export function readinessText(readiness: Readiness, paint: Paint): string {
  const { checks, forecast, verdict, candidates, primary, mode } = readiness;
  const isReady = standsInTheWay(readiness).length === 0;
  const words = isReady && verdict !== 'ready' ? 'ready, should the primary be lost,' : verdict;
  const colour = { pass: 'green', warn: 'yellow', fail: 'red', unknown: 'yellow' } as const;
  const order = ['fail', 'unknown', 'warn', 'pass'];
  const rows = checks
    .toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
    .map(({ name, status, evidence }) => {
      const known = status in colour ? colour[status as keyof typeof colour] : 'yellow';
      return [`  ${paint(known, oneLine(status))}`, oneLine(name), oneLine(evidence)];
    });
  const sides = `primary ${oneLine(primary ?? 'unknown')}, can take over: ${candidates.map(oneLine).join(', ') || 'nobody'}`;
  return [
    paint('bold', oneLine(forecast.text)),
    `${paint(isReady ? 'green' : 'red', oneLine(words))} for a ${oneLine(mode)}; ${sides}`,
    table(rows),
  ].join('\n');
}
