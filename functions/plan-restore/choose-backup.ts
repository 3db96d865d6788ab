import type { BackupRecord } from '../ports/recovery/backup-catalog.ts';
import type { Backup, Branch } from '../ports/recovery/backup-engine.ts';
import { covers, type SiteName } from '../ports/recovery/position.ts';
import { StepFailure } from '../step-failure.ts';
import type { Stop } from './choose-branch.ts';
import { rangesInWords } from './in-words.ts';
import type { Vault } from './read-vaults.ts';

interface Wanted {
  readonly only: SiteName | null;
  readonly backup: string | null;
  readonly records: ReadonlyMap<string, BackupRecord>;
}

interface Choice {
  readonly site: SiteName;
  readonly backup: Backup;
}

/**
 * The backup that leads to a stop with the least to replay: of those found intact the newest, and only without one of them
 * the newest at all. Of copies, the one in the vault that comes first; for a name, one that knows it before any other, because a
 * vault may hold the changes up to it and not the name. Pure.
 * @throws StepFailure `Pointsman.NoSuchBackup`, `Pointsman.TargetOutOfRange`
 */
export function chooseBackup(vaults: readonly Vault[], stop: Stop, { only, backup: id, records }: Wanted): Choice {
  const there = vaults
    .filter(({ site }) => only === null || site === only)
    .flatMap((vault) => vault.backups.map((backup) => ({ vault, site: vault.site, backup })))
    .filter(({ backup }) => id === null || backup.id === id);
  if (there.length === 0) {
    const known = [...new Set(vaults.flatMap(({ backups }) => backups.map((backup) => backup.id)))];
    throw new StepFailure(
      'Pointsman.NoSuchBackup',
      `there is no backup${id === null ? '' : ` ${id}`}${only === null ? '' : ` at ${only}`}; there are ${known.slice(-10).join(', ') || 'none'}`,
    );
  }
  const leading = there.filter(
    ({ vault, backup }) => leadsTo(stop, backup) && isWhole(backup, vault) && reaches(vault, stop),
  );
  const isGood = ({ site, backup }: Choice) => records.get(backup.id)?.intactAt[site] !== undefined;
  const byNewest = (a: Choice, b: Choice) => b.backup.takenAt - a.backup.takenAt;
  const knowing = leading.filter(({ vault }) => knows(vault, stop));
  const able = knowing.length > 0 ? knowing : leading;
  const best = able.filter(isGood).toSorted(byNewest)[0] ?? able.toSorted(byNewest)[0];
  if (best !== undefined) return { site: best.site, backup: best.backup };
  const what = id === null ? 'no backup' : id;
  const where = only === null ? '' : ` at ${only}`;
  throw new StepFailure('Pointsman.TargetOutOfRange', `${what}${where} leads there; ${rangesInWords(stop.path)}`);
}

/** Taken on the way to the stop, and not behind it. */
function leadsTo({ path, at, position }: Stop, { to, takenAt }: Backup): boolean {
  const index = path.findIndex(({ branch }) => branch === to.branch);
  if (index < 0) return false;
  const fork = path[index + 1]?.fork;
  if (fork != null && !covers(fork, to)) return false; // taken on what was abandoned
  return at === undefined ? position !== undefined && covers(position, to) : takenAt <= at;
}

const isWhole = ({ parent }: Backup, vault: Vault): boolean => {
  if (parent === null) return true;
  const found = vault.backups.find(({ id }) => id === parent);
  return found !== undefined && isWhole(found, vault);
};

/** Whether the name that was asked for is noted in this vault: it may have been given after the copy was made. */
const knows = ({ branches }: Vault, { point }: Stop): boolean =>
  point === undefined || branches.some(({ points }) => points.some(({ name }) => name === point));

/** Whether what is archived in this vault goes as far: a copy may have been made before. */
function reaches({ branches }: Vault, { path, at, position }: Stop): boolean {
  const own = (branch: Branch | undefined) => branches.find((each) => each.branch === branch?.branch);
  if (at !== undefined) return Number(own(path.at(-1))?.to) >= at;
  const on = path.find(({ branch }) => branch === position?.branch);
  const known = own(on);
  return known !== undefined && position !== undefined && covers(known.end, position);
}
