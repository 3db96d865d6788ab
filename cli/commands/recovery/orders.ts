import { CliFailure } from '../../cli-failure.ts';
import { confirm } from '../../confirm.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import { oneLine } from '../../text/clean.ts';
import { personIn } from '../deploy.ts';

interface OrderArgs {
  readonly group: string;
  readonly order: 'pause' | 'resume' | 'abort' | 'escalate';
  readonly run?: string | undefined;
  /** What an escalation consents to losing at most. */
  readonly allowLoss?: { readonly bytes: number; readonly seconds: number } | undefined;
}

/** Tells what runs on the group to wait, to go on, to go back while it can, or to go on although data may be lost. */
export async function recoveryOrder({ group, order, run, allowLoss }: OrderArgs, session: Session): Promise<ExitCode> {
  const { io, out, client, settings } = session;
  if (order === 'escalate') {
    if (settings.reason === undefined || allowLoss === undefined)
      throw new CliFailure(
        exitCodes.usage,
        'an escalation may lose data: it needs a reason, and how much may be lost',
        {
          try: [`pointsman recovery escalate ${group} --reason "…" --allow-loss-seconds 5 --allow-loss-bytes 1000000`],
        },
      );
    await confirm(
      `Let the run on ${group} go on although it may lose up to ${allowLoss.seconds} s and ${allowLoss.bytes} bytes of writes.`,
      session,
    );
  }
  const reason = settings.reason ?? 'no reason given';
  const given = await client.giveRunOrder(group, {
    order,
    by: personIn(io),
    reason,
    ...(allowLoss && { allowLoss }),
    ...(run && { run }),
  });
  out.answer(given, () => `${oneLine(given.order)}  ${group}: the run was told`);
  out.hint(`It follows where it hears orders next. To see it: pointsman recovery status ${group}`);
  return exitCodes.ok;
}
