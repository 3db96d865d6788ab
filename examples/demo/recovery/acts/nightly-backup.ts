import { backupList } from '../recovery-api.ts';
import { group, play, promise, type Stage, valueOf } from '../stage.ts';
import type { Act } from './act.ts';

/** A full and an incremental backup, both at both sites, and a restore that proves the newest. */
export const nightlyBackup: Act = {
  title: '1 nightly backup, proven',
  async play(stage) {
    const full = await play(stage, 'backup', group, '--kind', 'full');
    const incremental = await play(stage, 'backup', group, '--kind', 'incremental');
    const drill = await play(stage, 'drill', group, '--what', 'restore');
    const backups = await listed(stage);
    const [newest, first] = backups;
    const atBoth = backups.filter(
      ({ sites, record }) => sites.length === 2 && Object.keys(record.intactAt).length === 2,
    );
    const provenAt = newest?.record.lastVerifiedAt ?? undefined;
    return {
      runs: [full, incremental, drill],
      found: [
        promise(
          'a full backup and an incremental one are there',
          first?.kind === 'full' && newest?.kind === 'incremental',
          backups.map(({ kind, bytes }) => `${kind} ${(bytes / 1e6).toFixed(1)} MB`).join(', '),
        ),
        promise(
          'both lie at both sites and were read there',
          atBoth.length === 2,
          `${atBoth.length} of ${backups.length}`,
        ),
        promise(
          'the newest was restored and compared',
          drill.outcome === 'done' && provenAt !== undefined,
          provenAt === undefined ? 'never' : `lastVerifiedAt ${new Date(provenAt).toISOString()}`,
        ),
      ],
    };
  },
};

async function listed({ pointsman, say }: Stage) {
  say(`  $ pointsman recovery backups ${group}`);
  const backups = backupList.parse(valueOf(await pointsman('recovery', 'backups', group), 'backups'));
  for (const { id, kind, sites, record } of backups) {
    const proof = record.lastVerifiedAt == null ? 'not restored yet' : 'restored and compared';
    say(`    ${id}  ${kind}, at ${sites.join(' and ')}, ${proof}`);
  }
  return backups;
}
