import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import { oneLine } from '../../text/clean.ts';
import { personIn } from '../deploy.ts';

/** Gives this moment a name to restore to. Safe to repeat: a name that is taken keeps its moment. */
export async function recoveryMark(
  { group, name }: { readonly group: string; readonly name: string },
  { io, out, client }: Session,
): Promise<ExitCode> {
  const marked = await client.markPoint(group, { name, by: personIn(io) });
  const { position, backup } = marked;
  out.answer(
    marked,
    () =>
      `${oneLine(marked.name)}  ${oneLine(position.branch)}/${oneLine(position.offset)}, restored from ${oneLine(backup)}, which is kept`,
  );
  out.hint(`To come back to it: pointsman recovery restore ${group} --point ${oneLine(marked.name)}`);
  return exitCodes.ok;
}
