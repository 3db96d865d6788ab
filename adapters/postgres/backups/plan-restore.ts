import type { RestoreOrder } from '../../../functions/ports/recovery/backup-engine.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { lsnText } from '../replication/lsn.ts';
import type { Settings } from '../server/server-config.ts';
import type { StoredBackup } from '../vault/backup-vault.ts';
import { unusable } from '../../shared/vault/unusable.ts';
import { historyName, segmentAt } from '../wal/segment-name.ts';
import { isOnPath, logMap, type LogPath, newestMicros, type PathStep, toMs } from './log-map.ts';
import type { LogSite } from './log-site.ts';
import { neededLog } from './needed-log.ts';

/** All that a restore needs, found before anything is begun. */
export interface RestorePlan<B extends StoredBackup> {
  readonly chain: readonly B[];
  /** Files of the log, in order. */
  readonly log: readonly string[];
  /** `recovery_target_…` */
  readonly target: Settings;
  /** Where replay must have come at least. */
  readonly atLeast: bigint;
}

/**
 * Finds out what has to be replayed, and whether the target can be reached at all.
 * @throws StepFailure `Pointsman.BackupUnusable` naming a segment that is missing on the way
 * @throws StepFailure `Pointsman.TargetNotReached`
 */
export async function planRestore<B extends StoredBackup>(
  site: LogSite<B>,
  order: RestoreOrder,
): Promise<RestorePlan<B>> {
  await site.drain();
  const chain = await site.chain(order.backup);
  const stored = chain.at(-1);
  if (stored === undefined) throw new Error('a chain is never empty');
  const { backup, segmentBytes } = stored;
  const archive = site.archive(backup.lineage);
  for (const name of neededLog(stored))
    if ((await archive.size(name)) === undefined)
      throw unusable(`${name} of the archived log is missing, and ${backup.id} needs it`);
  const to = BigInt(backup.to.offset);
  const map = await logMap(archive, segmentBytes);
  const path = await map.path(readBranch(order.branch), BigInt(backup.from.offset));
  if (!isOnPath(path, { timeline: Number(backup.to.branch), lsn: to }))
    throw notReached(
      order,
      `branch ${order.branch} left branch ${backup.to.branch} before ${backup.id} was complete: take an older backup`,
    );
  const { steps, target, atLeast } = stepsTo(order, path, to, backup.takenAt, segmentBytes);
  const missing = steps.find(({ facts }) => facts === undefined);
  if (missing !== undefined)
    throw unusable(`${missing.name} of the archived log is missing on the way from ${backup.id} to its target`);
  const end = steps.at(-1)?.facts?.end;
  if (end === undefined || BigInt(end) < atLeast)
    throw unusable(
      `the archived log ends at ${lsnText(BigInt(end ?? 0))}, and ${backup.id} needs it up to ${lsnText(atLeast)}`,
    );
  const histories = [...path.ancestors.map(({ timeline }) => timeline), path.timeline].filter(
    (timeline) => timeline > 1,
  );
  return {
    chain,
    log: [...histories.map(historyName), ...steps.map(({ name }) => name)],
    target: { ...target, recovery_target_timeline: String(path.timeline), recovery_target_action: 'promote' },
    atLeast,
  };
}

interface Way {
  readonly steps: readonly PathStep[];
  readonly target: Settings;
  readonly atLeast: bigint;
}

function stepsTo(order: RestoreOrder, path: LogPath, to: bigint, takenAt: number, segmentBytes: number): Way {
  const { steps } = path;
  const { target } = order;
  const end = steps.reduce((last, { facts }) => BigInt(facts?.end ?? last), 0n);
  const all: Way = { steps, target: {}, atLeast: end > to ? end : to };
  switch (target.kind) {
    case 'latest':
      return all;
    case 'moment': {
      if (target.at < takenAt)
        throw notReached(order, `${order.backup} was complete at ${iso(takenAt)} and begins there`);
      const micros = BigInt(target.at) * 1000n;
      const behind = steps.findIndex(({ facts }) => BigInt(facts?.newestMicros ?? 0) > micros);
      if (behind >= 0)
        return {
          steps: steps.slice(0, behind + 1),
          target: { recovery_target_time: `${iso(target.at).replace('T', ' ').replace('Z', '')}+00` },
          atLeast: to,
        };
      // PostgreSQL stops before the first commit behind a moment; without one there is nothing to stop at.
      const last = Math.max(takenAt, toMs(newestMicros(steps)));
      if (target.at <= last) return all;
      throw notReached(order, `the last moment of branch ${order.branch} that is archived is ${iso(last)}`);
    }
    case 'name': {
      const found = steps
        .flatMap(({ facts }) => facts?.points ?? [])
        .find(({ name, offset }) => name === target.name && BigInt(offset) >= to);
      if (found === undefined)
        throw notReached(order, `nothing of that name is marked on branch ${order.branch} behind ${order.backup}`);
      return upTo(all, BigInt(found.offset), end, segmentBytes);
    }
    case 'position': {
      const lsn = BigInt(target.position.offset);
      if (!isOnPath(path, { timeline: Number(target.position.branch), lsn }))
        throw notReached(order, `that place is not on branch ${order.branch}`);
      if (lsn < to) throw notReached(order, `${order.backup} begins at ${lsnText(to)}`);
      if (lsn > end) throw notReached(order, `branch ${order.branch} is archived up to ${lsnText(end)}`);
      return upTo(all, lsn, end, segmentBytes);
    }
    default:
      return unreachable(target);
  }
}

/** Stops before the first record that begins at `lsn` or behind it, which needs such a record. */
function upTo(all: Way, lsn: bigint, end: bigint, segmentBytes: number): Way {
  if (lsn === end) return all;
  const count = all.steps.findIndex(
    ({ number, facts }) => number >= segmentAt(lsn, segmentBytes) && BigInt(facts?.end ?? 0) > lsn,
  );
  return {
    steps: count < 0 ? all.steps : all.steps.slice(0, count + 1),
    target: { recovery_target_lsn: lsnText(lsn), recovery_target_inclusive: 'off' },
    atLeast: 0n,
  };
}

function readBranch(branch: string): number {
  if (/^[1-9]\d{0,9}$/.test(branch)) return Number(branch);
  throw new StepFailure(
    'Pointsman.TargetNotReached',
    `there is no branch ${JSON.stringify(branch)}; a branch is a timeline, such as 1`,
  );
}

const notReached = ({ backup, target }: RestoreOrder, why: string): StepFailure =>
  new StepFailure('Pointsman.TargetNotReached', `${backup} cannot be restored to ${inWords(target)}: ${why}`);

function inWords(target: RestoreOrder['target']): string {
  if (target.kind === 'moment') return iso(target.at);
  if (target.kind === 'position')
    return `${lsnText(BigInt(target.position.offset))} on branch ${target.position.branch}`;
  return target.kind === 'name' ? `the point ${target.name}` : 'its latest state';
}

const iso = (at: number): string => new Date(at).toISOString();

function unreachable(target: never): never {
  throw new Error(`unknown target ${JSON.stringify(target)}`);
}
