import type { BackupCatalog, BackupRecord } from './backup-catalog.ts';
import type { GroupName } from './position.ts';

/** What holds a backup while a restore of it is under way or still there. */
export const restorePin = (scratch: string): string => `restore into ${scratch}`;

/** Pins a backup. Safe to repeat. */
export async function pin(catalog: BackupCatalog, group: GroupName, id: string, reason: string): Promise<void> {
  const pins = (await catalog.list(group)).find((record) => record.id === id)?.pins ?? [];
  if (!pins.includes(reason)) await catalog.note(group, id, { pins: [...pins, reason] });
}

/** Takes every pin of these reasons away. Safe to repeat. */
export async function unpin(
  catalog: Pick<BackupCatalog, 'note'>,
  records: readonly BackupRecord[],
  isOver: (reason: string, record: BackupRecord) => boolean,
): Promise<void> {
  for (const record of records) {
    const pins = record.pins.filter((reason) => !isOver(reason, record));
    if (pins.length < record.pins.length) await catalog.note(record.group, record.id, { pins });
  }
}
