import type { RestoreOrder, RestoreTarget } from '../../functions/ports/recovery/backup-engine.ts';
import type { Position } from '../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../functions/step-failure.ts';
import { archivedLines, changesAlong, labelOf, rowsOf, type SiteVault } from './backup-vaults.ts';
import { ancestry, applied, type Rows } from './change-history.ts';

interface Replay {
  readonly rows: Rows;
  readonly position: Position;
  readonly lastChangeAt: number | undefined;
}

/**
 * The rows of a backup, replayed along a branch up to the target.
 * @throws StepFailure `Pointsman.TargetNotReached`, `Pointsman.BackupUnusable`
 */
export function restoredRows(vault: SiteVault, { backup: id, target, branch }: RestoreOrder): Replay {
  const backup = labelOf(vault, id);
  const path = ancestry(archivedLines(vault), branch);
  const last = path.at(-1)?.line;
  const stop = stopAt(target, path);
  if (last === undefined || stop === undefined)
    throw notReached(vault, target, `branch ${branch} has no such place: it ends at ${endInWords(last)}`);
  const isBeforeBackup =
    stop.at === undefined
      ? stop.position.branch === backup.to.branch && Number(stop.position.offset) < Number(backup.to.offset)
      : stop.at < backup.takenAt;
  if (isBeforeBackup)
    throw notReached(vault, target, `${id} was taken after it, at ${backup.to.branch}/${backup.to.offset}`);

  let replay: Replay = { rows: rowsOf(vault, id), position: backup.from, lastChangeAt: undefined };
  for (const change of changesAlong(vault, backup.from, branch)) {
    const isNeeded = change.branch === backup.to.branch && change.end <= Number(backup.to.offset);
    if (!isNeeded && !isWanted(change, stop)) break;
    const position = { branch: change.branch, offset: String(change.end) };
    replay = { rows: applied(replay.rows, change), position, lastChangeAt: change.at };
  }
  if (stop.at === undefined && stop.position.offset !== replay.position.offset)
    throw notReached(vault, target, `what is stored leads to ${replay.position.branch}/${replay.position.offset} only`);
  return replay;
}

type Stop = { readonly at: number } | { readonly at: undefined; readonly position: Position };
type Path = readonly { readonly line: ReturnType<typeof archivedLines>[number]; readonly until: number }[];

/** Undefined when the target is behind the end of the branch, or is not on it. */
function stopAt(target: RestoreTarget, path: Path): Stop | undefined {
  const last = path.at(-1)?.line;
  if (last === undefined) return undefined;
  if (target.kind === 'moment') return target.at <= last.lastChangeAt ? { at: target.at } : undefined;
  const position = positionOf(target, path);
  const on = path.find(({ line }) => line.branch === position?.branch);
  const isThere = on !== undefined && Number(position?.offset) <= Math.min(on.until, on.line.end);
  return position !== undefined && isThere ? { at: undefined, position } : undefined;
}

function positionOf(target: Exclude<RestoreTarget, { kind: 'moment' }>, path: Path): Position | undefined {
  if (target.kind === 'position') return target.position;
  if (target.kind === 'name')
    return path.flatMap(({ line }) => line.points).find(({ name }) => name === target.name)?.position;
  const last = path.at(-1)?.line;
  return last && { branch: last.branch, offset: String(last.end) };
}

/** Positions grow along a path, also over a fork. */
const isWanted = (change: { readonly at: number; readonly end: number }, stop: Stop): boolean =>
  stop.at === undefined ? change.end <= Number(stop.position.offset) : change.at <= stop.at;

const notReached = (vault: SiteVault, target: RestoreTarget, why: string) =>
  new StepFailure('Pointsman.TargetNotReached', `${vault.site}: ${JSON.stringify(target)} cannot be reached: ${why}`);

const endInWords = (line: Path[number]['line'] | undefined): string =>
  line === undefined ? 'nothing' : `${line.branch}/${line.end}, ${new Date(line.lastChangeAt).toISOString()}`;
