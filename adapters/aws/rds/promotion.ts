import type { Position } from '../../../functions/ports/recovery/position.ts';
import { covers } from '../../../functions/ports/recovery/position.ts';
import type { Promotion, SwitchoverToken } from '../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { stillWorking } from './faults.ts';
import { packed, packedPosition, unpacked, unpackedPosition } from './marks.ts';
import { endOf, mark, type RdsContext, unmark } from './rds-context.ts';
import type { LiveSite, SiteView } from './topology.ts';

/** The promotion of a site that is primary: noted already, or to be noted now that the platform shows it. */
export async function promotionOf(context: RdsContext, there: LiveSite, epoch: number): Promise<Promotion> {
  const { site, database } = there;
  const [doneIn, fork, branch = '', at] = unpacked(database.marks.get('promoted'));
  if (doneIn === String(epoch)) return { site, fork: unpackedPosition(fork), branch, at: Number(at) };
  const [askedIn] = unpacked(database.marks.get('promoting'));
  if (askedIn !== String(epoch))
    throw new StepFailure('Pointsman.NotStandby', `asked to promote ${site}, which is the primary already`);
  // It restarts once more after it has become the primary: only `available` is the end of it.
  if (database.status !== 'available') throw stillWorking(`${site}: it is primary, and ${database.status}`);
  const from = unpackedPosition(database.marks.get('fork'));
  const end = context.data && (await endOf(context, there));
  const promotion = {
    site,
    fork: from,
    branch: end?.position.branch ?? `${database.resourceId}-${epoch}`,
    at: context.clock.now(),
  };
  await mark(context, database, {
    promoted: packed(epoch, packedPosition(from), promotion.branch, promotion.at),
    lineage: there.lineage ?? database.resourceId,
  });
  await unmark(context, database, 'promoting', 'stopped', 'cut', 'fork');
  return promotion;
}

/**
 * Where a standby is about to leave its primary. Without access to the data that is not known: offset 0, and with a token the
 * token's end. @throws StepFailure `Pointsman.NotCaughtUp`
 */
export async function forkOf(
  context: RdsContext,
  there: LiveSite,
  token: SwitchoverToken | undefined,
): Promise<Position> {
  if (token !== undefined && token.lineage !== there.lineage)
    throw new StepFailure(
      'Pointsman.NotCaughtUp',
      `${there.site} is of lineage ${there.lineage ?? 'unknown'}, the token of ${token.lineage}`,
    );
  if (context.data === undefined) return token?.end ?? { branch: there.lineage ?? 'unknown', offset: '0' };
  const { position } = await endOf(context, there);
  if (token === undefined || covers(position, token.end)) return position;
  throw new StepFailure(
    'Pointsman.NotCaughtUp',
    `${there.site} ends at ${packedPosition(position)}, the token at ${packedPosition(token.end)}`,
  );
}

/** For backups, whose positions are moments: which database it leaves, and about when. */
export function parentOf(
  { clock }: RdsContext,
  { follows }: LiveSite,
  views: readonly SiteView[],
): Readonly<Record<string, string>> {
  const leader = views.find(({ site }) => site === follows)?.database;
  return leader === undefined
    ? {}
    : { parent: packedPosition({ branch: leader.resourceId, offset: String(clock.now()) }) };
}
