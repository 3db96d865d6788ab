import type {
  Backup,
  BackupEngine,
  BackupOrder,
  RecoveryPoint,
  Restored,
  RestoreOrder,
} from '../../functions/ports/recovery/backup-engine.ts';
import type { Position } from '../../functions/ports/recovery/position.ts';
import type { Contents } from '../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../functions/step-failure.ts';
import {
  archive,
  archivedLines,
  branchesOf,
  chainOf,
  changesBefore,
  filesOf,
  labelOf,
  problemsOf,
  rowsOf,
  siteVault,
  type SiteVault,
} from './backup-vaults.ts';
import {
  ancestry,
  applied,
  type Change,
  committed,
  contentsOf,
  difference,
  endOf,
  firstLine,
  forked,
  type Rows,
} from './change-history.ts';
import { restoredRows } from './restored-rows.ts';

export interface MemoryBackupOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The first is the primary's. */
  readonly sites: readonly string[];
  /** How long a site's vault locks what it stores; without it, not. */
  readonly lockHours?: Readonly<Record<string, number>>;
  /** How often taking, copying, verifying and restoring answer `Pointsman.StillWorking` before they resolve. */
  readonly stillWorking?: number;
}

/** One group's store and its backups; `BackupEngine` and what tests do to the store and the vaults. */
export interface MemoryBackupEngine extends BackupEngine {
  /** Commits rows in the primary. */
  write(table: string, rows: Change['rows']): void;
  /** Makes `site` the primary without the newest `behind` commits, which stay in the old primary's vault. */
  failOver(site: string, behind: number): void;
  /** What the primary holds. */
  contents(): Contents;
  readonly primary: () => { readonly site: string; readonly branch: string; readonly end: Position };
  vault(site: string): SiteVault;
  /** Names of restored stores that are there. */
  scratches(): readonly string[];
}

/** Chains, branches and vaults as real engines have them, over a store in memory. The test double of `BackupEngine`. */
export function memoryBackupEngine(options: MemoryBackupOptions): MemoryBackupEngine {
  const { now, sites, lockHours = {}, stillWorking = 0 } = options;
  const vaults = new Map(sites.map((site) => [site, siteVault(site)]));
  const scratches = new Map<
    string,
    { readonly order: RestoreOrder; readonly restored: Restored; readonly rows: Rows }
  >();
  const asked = new Map<string, number>();
  let lines = [firstLine(now())];
  let primary = sites[0] ?? '';
  let newestEpoch = 0;
  for (const line of lines) archive(vaults.get(primary) ?? siteVault(primary), line, []);

  const vaultOf = (site: string): SiteVault => {
    const vault = vaults.get(site);
    if (vault !== undefined) return vault;
    throw new StepFailure('Pointsman.NoSuchSite', `there is no site ${site}; there are ${sites.join(', ')}`);
  };
  const current = () => lines.at(-1) ?? firstLine(now());
  const endPosition = (): Position => ({ branch: current().branch, offset: String(endOf(current())) });
  const history = (): readonly Change[] =>
    ancestry(lines, current().branch).flatMap(({ line, until }) => line.changes.filter(({ end }) => end <= until));
  const rowsNow = (changes = history()): Rows => changes.reduce(applied, {});
  const lockOf = (site: string) => (lockHours[site] === undefined ? null : now() + lockHours[site] * 3_600_000);

  function longCall(...parts: readonly unknown[]): void {
    const call = JSON.stringify(parts);
    const times = asked.get(call) ?? 0;
    asked.set(call, times < stillWorking ? times + 1 : 0);
    if (times < stillWorking) throw new StepFailure('Pointsman.StillWorking', `${call} is under way; ask again`);
  }

  function store(vault: SiteVault, backup: Backup, data: object): Backup {
    const { manifest, data: file } = filesOf(backup.id);
    vault.write(file, data);
    vault.write(manifest, backup);
    vault.labels.set(backup.id, backup);
    return backup;
  }

  function parentRows(vault: SiteVault, { id, kind, parent }: BackupOrder): Rows {
    if (kind === 'full') return {};
    try {
      const label = labelOf(vault, parent ?? '(none)');
      const isBehind = ancestry(lines, current().branch).some(
        ({ line, until }) => line.branch === label.to.branch && Number(label.to.offset) <= until,
      );
      if (isBehind) return rowsOf(vault, label.id);
      throw new Error(`it is on branch ${label.to.branch}, which ${current().branch} does not come from`);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new StepFailure('Pointsman.NoParent', `${id} cannot stand on ${parent}: ${why}; take a full backup`);
    }
  }

  function take(order: BackupOrder): Backup {
    const { id, group, site, kind, parent, epoch } = order;
    const vault = vaultOf(site);
    if (epoch < newestEpoch)
      throw new StepFailure(
        'Pointsman.LeaseLost',
        `${id}: epoch ${newestEpoch} was seen, not to be followed by ${epoch}`,
      );
    newestEpoch = epoch;
    const before = vault.labels.get(id);
    if (before !== undefined) return before;
    const parentsRows = parentRows(vault, order);
    longCall('take', id, site);
    // Copied while the newest commit was under way: a backup is used by replaying what happened meanwhile.
    const changes = history();
    const rows = rowsNow(changes.slice(0, -1));
    const to = endPosition();
    const newest = current().changes.at(-1);
    const from = newest === undefined ? to : { branch: to.branch, offset: String(newest.begin) };
    const backup: Backup = {
      id,
      group,
      site,
      kind,
      parent: kind === 'full' ? null : parent,
      lineage: `memory-${group}`,
      from,
      to,
      takenAt: now(),
      bytes: JSON.stringify(rows).length,
      proof: { at: to, contents: contentsOf(rowsNow(changes)) },
      lockedUntil: lockOf(site),
    };
    return store(vault, backup, difference(parentsRows, newest === undefined ? rowsNow(changes) : rows));
  }

  function copy(id: string, from: string, to: string): Backup {
    const [source, target] = [vaultOf(from), vaultOf(to)];
    const there = target.labels.get(id);
    if (there !== undefined) return there;
    const chain = chainOf(source, id);
    longCall('copy', id, from, to);
    const log = [...source.names('log/'), ...source.names('branches/')];
    const files = new Map(log.map((name) => [name, source.read(name) as object]));
    const copies = chain.map((link) => ({ link, data: source.read(filesOf(link.id).data) as object }));
    for (const { link } of copies) source.read(filesOf(link.id).manifest);
    for (const [name, value] of files) target.write(name, value);
    for (const { link, data } of copies)
      if (!target.labels.has(link.id)) store(target, { ...link, site: to, lockedUntil: lockOf(to) }, data);
    return labelOf(target, id);
  }

  function verify(id: string, site: string) {
    const vault = vaultOf(site);
    labelOf(vault, id);
    longCall('verify', id, site);
    const problems = problemsOf(vault, id);
    return { intact: problems.length === 0, problems };
  }

  function restore(order: RestoreOrder): Restored {
    const known = scratches.get(order.scratch);
    if (known !== undefined) {
      if (JSON.stringify(known.order) === JSON.stringify(order)) return known.restored;
      throw new StepFailure(
        'Pointsman.ScratchTaken',
        `${order.scratch} holds another restore, of ${known.order.backup}; destroy it or take another name`,
      );
    }
    const vault = vaultOf(order.site);
    labelOf(vault, order.backup);
    longCall('restore', order);
    const { rows, position, lastChangeAt } = restoredRows(vault, order);
    const restored = { scratch: order.scratch, position, lastChangeAt, address: `memory:${order.scratch}` };
    scratches.set(order.scratch, { order, restored, rows });
    return restored;
  }

  function remove(id: string, site: string): 'removed' | 'locked' {
    const vault = vaultOf(site);
    const label = vault.labels.get(id);
    if (label === undefined) return 'removed';
    const child = [...vault.labels.values()].find(({ parent }) => parent === id);
    if (child !== undefined)
      throw new StepFailure('Pointsman.BackupNeeded', `${site}: ${child.id} stands on ${id}; remove that first`);
    if (label.lockedUntil !== null && label.lockedUntil > now()) return 'locked';
    for (const file of Object.values(filesOf(id))) vault.files.delete(file);
    vault.labels.delete(id);
    return 'removed';
  }

  function trim(site: string, since: string): number {
    const vault = vaultOf(site);
    const label = labelOf(vault, since);
    let freed = 0;
    for (const name of changesBefore(vault, label)) {
      freed += vault.files.get(name)?.length ?? 0;
      vault.files.delete(name);
    }
    vault.trimmedTo = Math.max(vault.trimmedTo, label.takenAt);
    return freed;
  }

  function mark(name: string): Position {
    const line = current();
    const known = ancestry(lines, line.branch).flatMap(({ line: each, until }) =>
      each.points.filter((point) => point.name === name && Number(point.position.offset) <= until),
    );
    if (known[0] !== undefined) return known[0].position;
    const point: RecoveryPoint = { name, position: endPosition(), at: now() };
    lines = [...lines.slice(0, -1), { ...line, points: [...line.points, point] }];
    archive(vaultOf(primary), current(), []);
    return point.position;
  }

  return {
    take: async (order) => take(order),
    copy: async (_group, id, from, to) => copy(id, from, to),
    verify: async (_group, id, site) => verify(id, site),
    list: async (_group, site) => [...vaultOf(site).labels.values()].toSorted((a, b) => a.takenAt - b.takenAt),
    remove: async (_group, id, site) => remove(id, site),
    trim: async (_group, site, since) => trim(site, since),
    mark: async (_group, _site, name) => mark(name),
    branches: async (_group, site) => branchesOf(vaultOf(site)),
    restore: async (order) => restore(order),
    async inspect(_group, scratch) {
      const found = scratches.get(scratch);
      if (found !== undefined) return contentsOf(found.rows);
      throw new StepFailure('Pointsman.NoSuchScratch', `there is no restored store ${scratch}`);
    },
    destroy: async (_group, scratch) => void scratches.delete(scratch),

    write(table, rows) {
      const line = committed(current(), now(), table, rows);
      lines = [...lines.slice(0, -1), line];
      archive(vaultOf(primary), line, line.changes.slice(-1));
    },
    failOver(site, behind) {
      const line = forked(current(), String(lines.length + 1), behind);
      lines = [...lines, line];
      primary = site;
      const vault = vaultOf(site);
      // A standby keeps what it was sent, and archives it when it becomes the primary.
      for (const { line: each, until } of ancestry(lines, line.branch)) {
        const received = { ...each, changes: each.changes.filter(({ end }) => end <= until) };
        const known = archivedLines(vault).find(({ branch }) => branch === each.branch)?.end ?? -1;
        if (known < endOf(received))
          archive(
            vault,
            received,
            received.changes.filter(({ end }) => end > known),
          );
      }
    },
    contents: () => contentsOf(rowsNow()),
    primary: () => ({ site: primary, branch: current().branch, end: endPosition() }),
    vault: vaultOf,
    scratches: () => [...scratches.keys()],
  };
}
