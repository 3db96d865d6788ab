import { readLsn } from './lsn.ts';

/** What a server must know to open a backup. */
export interface BackupLabel {
  readonly start: bigint;
  readonly timeline: number;
  /** Start of the backup that this one is the difference to; undefined of a full one. */
  readonly incrementalFrom: { readonly lsn: bigint; readonly timeline: number } | undefined;
}

export function readBackupLabel(text: string): BackupLabel {
  const field = (name: string) => new RegExp(`^${name}: (\\S+)`, 'm').exec(text)?.[1];
  const start = field('START WAL LOCATION');
  const timeline = field('START TIMELINE');
  if (start === undefined || timeline === undefined)
    throw new Error('backup_label does not tell where the backup starts');
  const from = field('INCREMENTAL FROM LSN');
  return {
    start: readLsn(start),
    timeline: Number(timeline),
    incrementalFrom:
      from === undefined ? undefined : { lsn: readLsn(from), timeline: Number(field('INCREMENTAL FROM TLI')) },
  };
}

/** The label of a combined backup: a server refuses to start on one that says it is incremental. */
export const withoutIncremental = (text: string): string => text.replaceAll(/^INCREMENTAL FROM .*\n/gm, '');
