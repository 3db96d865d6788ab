import { covers, type Position } from '../../../functions/ports/recovery/position.ts';
import { stillWorking } from './faults.ts';
import { packedPosition, unpackedPosition } from './marks.ts';
import { endOf, mark, type RdsContext } from './rds-context.ts';
import { live } from './site-views.ts';
import type { LiveSite, SiteView } from './topology.ts';

/**
 * Where an isolated primary ended, once the standbys that get its changes have all of them. The first end that is read behind
 * the isolation counts: the platform itself goes on writing a little.
 * @throws StepFailure `Pointsman.StillWorking`, `Pointsman.NotOffered` without access to the data
 */
export async function provenEnd(context: RdsContext, primary: LiveSite, views: readonly SiteView[]): Promise<Position> {
  const cut = primary.database.marks.get('cut');
  const end = cut === undefined ? (await endOf(context, primary)).position : unpackedPosition(cut);
  if (cut === undefined) await mark(context, primary.database, { cut: packedPosition(end) });
  const getting = views.filter(({ follows, stream }) => follows === primary.site && stream === 'flowing');
  for (const standby of getting)
    if (!covers((await endOf(context, live(standby))).position, end))
      throw stillWorking(`${standby.site} has not got everything that ${primary.site} acknowledged`);
  return end;
}
