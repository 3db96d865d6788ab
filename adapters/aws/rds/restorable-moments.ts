import type { Branch, RestoreOrder } from '../../../functions/ports/recovery/backup-engine.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { Database, Snapshot } from './database.ts';
import { unpackedPosition } from './marks.ts';
import { looked, type RdsContext } from './rds-context.ts';
import type { RdsSite } from './rds-settings.ts';
import { branchIn, momentIn } from './snapshot-backup.ts';

/** What snapshots hold at a site, and the window of the database there. */
export async function branchesAt({ api, group }: RdsContext, site: RdsSite): Promise<readonly Branch[]> {
  const all = await looked(`${site.region}: list snapshots`, api.snapshots(site.region));
  const own = all.filter(({ marks, at }) => marks.get('group') === group && marks.has('backup') && at > 0);
  const database = await looked(`${site.identifier}: look`, api.find(site.region, site.identifier));
  const byBranch = Map.groupBy(own, branchIn);
  const branches = [...byBranch].map(([branch, snapshots]): Branch => {
    const live = database?.resourceId === branch ? database : undefined;
    const from = Math.min(...snapshots.map(momentIn));
    const to = Math.max(...snapshots.map(momentIn), live?.window?.to ?? 0);
    const fork = live?.marks.get('parent');
    return {
      branch,
      parent: fork === undefined ? null : unpackedPosition(fork).branch,
      fork: fork === undefined ? null : unpackedPosition(fork),
      from,
      to,
      end: { branch, offset: String(to) },
      only: live?.window
        ? `every second until ${instant(to)}`
        : `${snapshots.length} snapshots until ${instant(to)}, nothing between`,
      points: live === undefined ? [] : pointsOf(live),
    };
  });
  return branches.toSorted((a, b) => a.from - b.from);
}

/** The moment that a restore is asked for. @throws StepFailure `Pointsman.TargetNotReached` when it cannot be had at this site */
export async function momentOf(
  context: RdsContext,
  { target, branch, backup }: RestoreOrder,
  site: RdsSite,
  snapshot: Snapshot,
): Promise<number> {
  const branches = await branchesAt(context, site);
  const known = branches.find((each) => each.branch === branch);
  const outside = (why: string) => new StepFailure('Pointsman.TargetNotReached', `${backup}: ${why}`);
  if (known === undefined || branchIn(snapshot) !== branch)
    throw outside(`it is of the branch ${branchIn(snapshot)}, and ${branch} was asked for`);
  const at = (() => {
    if (target.kind === 'latest') return known.to;
    if (target.kind === 'moment') return target.at;
    if (target.kind === 'position') return Number(target.position.offset);
    return known.points.find(({ name }) => name === target.name)?.at;
  })();
  if (at === undefined) throw outside('nobody marked that name');
  if (at < momentIn(snapshot)) throw outside(`it begins at ${instant(momentIn(snapshot))}, after ${instant(at)}`);
  if (at > known.to) throw outside(`what is kept ends at ${instant(known.to)}, before ${instant(at)}`);
  if (at === momentIn(snapshot)) return snapshot.at;
  const database = await looked(`${site.identifier}: look`, context.api.find(site.region, site.identifier));
  const window = database?.resourceId === branch ? database.window : undefined;
  if (window === undefined || at < window.from || at > window.to)
    throw outside(`at this site only the snapshot itself is kept, not what came until ${instant(at)}`);
  return at;
}

const pointsOf = ({ marks }: Database) =>
  [...marks].flatMap(([key, value]) => {
    if (!key.startsWith('at:')) return [];
    const position = unpackedPosition(value);
    return [{ name: key.slice(3), position, at: Number(position.offset) }];
  });

const instant = (at: number): string => new Date(at).toISOString();
