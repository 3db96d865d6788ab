import { confirm } from '../../confirm.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import { oneLine } from '../../text/clean.ts';

/** Ends and deletes a restored store, and lets go of the backup that was kept for it. Safe to repeat. */
export async function recoveryDiscard(
  { group, restore }: { readonly group: string; readonly restore: string },
  session: Session,
): Promise<ExitCode> {
  const { out, client } = session;
  await confirm(
    `End the store ${restore}, which was restored from a backup of ${group}, and delete what is in it.`,
    session,
  );
  const discarded = await client.discardRestore(group, { restore });
  out.answer(discarded, () => `${oneLine(discarded.scratch)}  is ended and deleted`);
  return exitCodes.ok;
}

/** Takes a pin of a backup away: retention may then let the backup go. */
export async function recoveryUnpin(
  { group, backup, pin }: { readonly group: string; readonly backup: string; readonly pin: string },
  session: Session,
): Promise<ExitCode> {
  const { out, client } = session;
  await confirm(`Take the pin "${pin}" of ${backup} away: retention may let the backup go then.`, session);
  const unpinned = await client.unpinBackup(group, { backup, pin });
  const left = unpinned.pins.length === 0 ? 'no pin is left' : `left: ${unpinned.pins.map(oneLine).join('; ')}`;
  out.answer(unpinned, () => `${oneLine(unpinned.backup)}  ${left}`);
  return exitCodes.ok;
}
