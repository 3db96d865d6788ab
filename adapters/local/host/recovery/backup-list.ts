import type { Backup, BackupEngine } from '../../../../functions/ports/recovery/backup-engine.ts';
import type { BackupCatalog, BackupRecord } from '../../../../functions/ports/recovery/backup-catalog.ts';
import type { RecoveryPlan } from '../../../../functions/ports/recovery/recovery-plans.ts';

/** A backup with the places where it lies and what was proven of it. */
export interface ListedBackup extends Pick<Backup, 'id' | 'kind' | 'parent' | 'takenAt' | 'bytes'> {
  readonly sites: readonly string[];
  readonly record: Pick<BackupRecord, 'intactAt' | 'lastVerifiedAt' | 'pins' | 'legalHold'>;
}

/** The backups of a group over all its sites, newest first; a site that cannot be read is named in `unread`. */
export async function listBackups(
  { group, sites }: Pick<RecoveryPlan, 'group' | 'sites'>,
  backups: Pick<BackupEngine, 'list'>,
  catalog: Pick<BackupCatalog, 'list'>,
): Promise<{ readonly backups: readonly ListedBackup[]; readonly unread: readonly string[] }> {
  const records = new Map((await catalog.list(group)).map((record) => [record.id, record]));
  const unread: string[] = [];
  const found = await Promise.all(
    sites.map((site) =>
      backups.list(group, site).catch((thrown: unknown) => {
        unread.push(`${site}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
        return [];
      }),
    ),
  );
  const byId = Map.groupBy(found.flat(), ({ id }) => id);
  const listed = Array.from(byId, ([id, places]): ListedBackup | undefined => {
    const [first] = places;
    if (first === undefined) return undefined;
    const { kind, parent, takenAt, bytes } = first;
    const { intactAt = {}, lastVerifiedAt = null, pins = [], legalHold = false } = records.get(id) ?? {};
    const record = { intactAt, lastVerifiedAt, pins, legalHold };
    return { id, kind, parent, takenAt, bytes, sites: places.map(({ site }) => site), record };
  });
  const all = listed.filter((backup) => backup !== undefined).toSorted((a, b) => b.takenAt - a.takenAt);
  return { backups: all, unread };
}
