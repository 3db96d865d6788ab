import type { Verification } from '../../../functions/ports/recovery/backup-engine.ts';
import { reasonOf } from '../../shared/vault/unusable.ts';
import { covering, endOf } from './change-log.ts';
import { backupIn, RDB, type SiteVault } from './site-vault.ts';

/** Reads the backup, and the changes behind it that are stored: without those it can be restored, to its own moment only. */
export async function verifyBackup(vault: SiteVault, id: string): Promise<Verification> {
  const { backups, log } = vault;
  const { to } = await backupIn(vault, id);
  const problems: string[] = [];
  const look = (run: () => Promise<void>) => run().catch((error: unknown) => void problems.push(reasonOf(error)));
  await look(async () => {
    const { read } = await backups.open(id);
    for await (const _ of read(RDB)); // it ends with an error where it is not what was stored
  });
  const facts = await log.facts(to.branch);
  if (facts !== undefined && BigInt(to.offset) >= BigInt(facts.trimmed))
    await look(async () => {
      const segments = await log.segments(to.branch);
      for (const segment of covering(to.branch, segments, BigInt(to.offset), endOf(facts, segments)))
        await look(async () => void (await log.read(to.branch, segment)));
    });
  return { intact: problems.length === 0, problems };
}
