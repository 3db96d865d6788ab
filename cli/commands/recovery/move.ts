import { CliFailure } from '../../cli-failure.ts';
import { confirm } from '../../confirm.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import { personIn } from '../deploy.ts';
import { type Mode, readinessText } from './readiness.ts';
import { startRun } from './start-run.ts';

export interface MoveArgs {
  readonly group: string;
  readonly to?: string | undefined;
  /** What a failover may lose at most. */
  readonly allowLoss?: { readonly bytes: number; readonly seconds: number } | undefined;
  /** Failing checks that are set aside. */
  readonly override: readonly string[];
  readonly watch: boolean;
}

/** An approval is for what was just looked at, and no longer. */
const approvalMs = 10 * 60_000;

/**
 * Looks, shows what was found, asks, and starts. The approval is bound to the plan and to the facts that were shown; when
 * they have changed by the time the run begins, it refuses.
 */
export async function recoveryMove(
  mode: Mode,
  { group, to, allowLoss, override, watch }: MoveArgs,
  session: Session,
): Promise<ExitCode> {
  const { io, out, client, settings } = session;
  if (settings.reason === undefined)
    throw new CliFailure(exitCodes.usage, `a ${mode} needs a reason, which stands in its report`, {
      try: [`pointsman recovery ${mode} ${group} --reason "…"`],
    });
  if (mode === 'failover' && allowLoss === undefined)
    throw new CliFailure(exitCodes.usage, 'a failover may lose data: say how much may be lost at most', {
      try: [
        `pointsman recovery readiness ${group}`,
        `pointsman recovery failover ${group} --reason "…" --allow-loss-seconds 5 --allow-loss-bytes 1000000`,
      ],
    });
  const readiness = await client.readiness(group, mode, to);
  out.hint(readinessText(readiness, out.paintErr));
  const checks = readiness.checks.map(({ name }) => name);
  const unknown = override.find((check) => !checks.includes(check));
  if (unknown !== undefined)
    throw new CliFailure(exitCodes.usage, `a ${mode} has no check ${unknown} to set aside`, {
      try: [`--override with one of: ${checks.join(', ')}`],
    });
  const loss = allowLoss
    ? `\n  It may lose at most ${allowLoss.seconds} s and ${allowLoss.bytes} bytes of writes.`
    : '';
  const aside = override.length > 0 ? `\n  Set aside: ${override.join(', ')}.` : '';
  await confirm(`Start a ${mode} of ${group}: ${settings.reason}.${loss}${aside}`, session);
  const by = personIn(io);
  const approval = {
    by: `${by}, ${settings.reason}`,
    planVersion: readiness.planVersion,
    readinessHash: readiness.hash,
    expiresAt: io.now() + approvalMs,
    overrides: override.map((check) => ({ check, reason: settings.reason })),
    ...(allowLoss && { allowLoss }),
  };
  return startRun(group, mode, { ...(to && { to }), approval }, watch, session);
}
