import type { Backup, Branch } from '../../functions/ports/recovery/backup-engine.ts';
import { StepFailure } from '../../functions/step-failure.ts';
import { ancestry, applied, type Change, endOf, type Line, type Rows } from './change-history.ts';
import { type MemoryVault, memoryVault } from './vault.ts';

/** What one site keeps of a group: sealed files, and beside them what a listing of the folder shows. */
export interface SiteVault extends MemoryVault {
  readonly site: string;
  /** By id. A label tells what a backup is, also when nothing of it can be read. */
  readonly labels: Map<string, Backup>;
  /** Before this moment there are no archived changes but those that backups need for themselves. */
  trimmedTo: number;
}

/** A branch as archived: its changes are files of their own. */
type ArchivedLine = Omit<Line, 'changes'> & { readonly end: number; readonly lastChangeAt: number };

export const siteVault = (site: string): SiteVault => ({
  ...memoryVault(site),
  site,
  labels: new Map(),
  trimmedTo: 0,
});

export const filesOf = (id: string) => ({ manifest: `backups/${id}/manifest`, data: `backups/${id}/data` });

const changeFile = (branch: string, begin: number): string => `log/${branch}/${String(begin).padStart(12, '0')}`;

/** Archives a branch as far as it goes; `changes` are those not archived before. */
export function archive(vault: SiteVault, line: Line, changes: readonly Change[]): void {
  for (const change of changes) vault.write(changeFile(line.branch, change.begin), change);
  const { changes: all, ...rest } = line;
  vault.write(`branches/${line.branch}`, {
    ...rest,
    end: endOf(line),
    lastChangeAt: all.at(-1)?.at ?? line.since,
  } satisfies ArchivedLine);
}

export const archivedLines = (vault: SiteVault): readonly ArchivedLine[] =>
  vault.names('branches/').map((name) => vault.read(name) as ArchivedLine);

/** @throws StepFailure `Pointsman.NoSuchBackup` naming those there are */
export function labelOf(vault: SiteVault, id: string): Backup {
  const label = vault.labels.get(id);
  if (label !== undefined) return label;
  const there = [...vault.labels.keys()].join(', ') || 'none';
  throw new StepFailure('Pointsman.NoSuchBackup', `${vault.site} has no backup ${id}; it has ${there}`);
}

/** The backup and what it stands on, the full one first. */
export function chainOf(vault: SiteVault, id: string): readonly Backup[] {
  const label = labelOf(vault, id);
  if (label.parent === null) return [label];
  if (vault.labels.has(label.parent)) return [...chainOf(vault, label.parent), label];
  throw new StepFailure('Pointsman.BackupUnusable', `${vault.site}: ${id} needs ${label.parent}, which is missing`);
}

/** Rows that a chain holds at its `from`, before anything is replayed. */
export function rowsOf(vault: SiteVault, id: string): Rows {
  let rows: Rows = {};
  for (const link of chainOf(vault, id)) {
    const { manifest, data } = filesOf(link.id);
    vault.read(manifest);
    for (const [table, changed] of Object.entries(vault.read(data) as Record<string, Change['rows']>))
      rows = applied(rows, { table, rows: changed });
  }
  return rows;
}

/**
 * Archived changes from a position on along a branch, each read when asked for.
 * @throws StepFailure `Pointsman.BackupUnusable` where the next one is missing or damaged
 */
export function* changesAlong(
  vault: SiteVault,
  from: Backup['from'],
  branch: string,
): Generator<Change & { readonly branch: string }> {
  const path = ancestry(archivedLines(vault), branch);
  const first = path.findIndex(({ line }) => line.branch === from.branch);
  if (first < 0 || Number(from.offset) > (path[first]?.until ?? 0))
    throw new StepFailure(
      'Pointsman.TargetNotReached',
      `${vault.site}: what was taken at ${from.branch}/${from.offset} is no part of branch ${branch}`,
    );
  let reached = Number(from.offset);
  for (const { line, until } of path.slice(first)) {
    const end = Math.min(until, line.end);
    while (reached < end) {
      const change = vault.read(changeFile(line.branch, reached)) as Change;
      reached = change.end;
      yield { ...change, branch: line.branch };
    }
  }
}

/** What is wrong with a backup, its chain, and the changes each needs for itself; every byte is read. */
export function problemsOf(vault: SiteVault, id: string): readonly string[] {
  const problems: string[] = [];
  const look = (work: () => void) => {
    try {
      work();
    } catch (thrown) {
      problems.push(thrown instanceof Error ? thrown.message : String(thrown));
    }
  };
  look(() => {
    for (const link of chainOf(vault, id)) {
      for (const file of Object.values(filesOf(link.id))) look(() => void vault.read(file));
      look(() => readOwnChanges(vault, link));
    }
  });
  return problems;
}

function readOwnChanges(vault: SiteVault, { from, to }: Backup): void {
  const changes = changesAlong(vault, from, to.branch);
  for (let reached = from.offset; reached !== to.offset; ) {
    const { done, value } = changes.next();
    if (done === true)
      throw new StepFailure('Pointsman.BackupUnusable', `${vault.site}: changes up to ${to.offset} are missing`);
    reached = String(value.end);
  }
}

/** What can be restored, oldest branch first. */
export function branchesOf(vault: SiteVault): readonly Branch[] {
  const taken = [...vault.labels.values()].map(({ takenAt }) => takenAt).filter((at) => at >= vault.trimmedTo);
  if (taken.length === 0) return [];
  const oldest = Math.min(...taken);
  const lines = archivedLines(vault);
  return lines.map((line) => {
    const { branch, parent, fork, since, end, lastChangeAt: to, points } = line;
    const isLeft = lines.some((other) => other.parent === branch && Number(other.fork?.offset) < end);
    const only = `changes until ${new Date(to).toISOString()}${isLeft ? ', then abandoned' : ''}`;
    return {
      branch,
      parent,
      fork,
      from: Math.max(since, oldest),
      to,
      end: { branch, offset: String(end) },
      only,
      points: points.filter(({ at }) => at >= oldest),
    };
  });
}

/** Files of archived changes that begin before `since`, on any branch, and that no backup needs for itself. */
export function changesBefore(vault: SiteVault, since: Backup): readonly string[] {
  const needed = ({ begin }: Change, branch: string) =>
    [...vault.labels.values()].some(
      ({ from, to }) => from.branch === branch && begin >= Number(from.offset) && begin < Number(to.offset),
    );
  return vault.names('log/').filter((name) => {
    const branch = name.split('/')[1] ?? '';
    const change = vault.read(name) as Change;
    const isBefore = branch === since.from.branch ? change.end <= Number(since.from.offset) : change.at < since.takenAt;
    return isBefore && !needed(change, branch);
  });
}
