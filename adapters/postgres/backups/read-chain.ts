import type { Backup } from '../../../functions/ports/recovery/backup-engine.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { BackupVault, OpenBackup } from '../vault/backup-vault.ts';
import { unusable } from '../../shared/vault/unusable.ts';

/**
 * A backup and all it stands on, the full one first, each with a manifest that can be read.
 * @throws StepFailure `Pointsman.NoSuchBackup`
 * @throws StepFailure `Pointsman.BackupUnusable` naming what is missing or damaged
 */
export async function readChain(vault: BackupVault, id: string): Promise<readonly OpenBackup[]> {
  if ((await vault.find(id)) === undefined) throw await noSuchBackup(vault, id);
  const chain: OpenBackup[] = [];
  for (let next: string | null = id; next !== null; ) {
    if (chain.length > 0 && (await vault.find(next)) === undefined)
      throw unusable(`${chain[0]?.backup.id} is the difference to ${next}, which is not there`);
    const opened: OpenBackup = await vault.open(next);
    if (opened.backup.id !== next) throw unusable(`${next} holds another backup, ${opened.backup.id}`);
    chain.unshift(opened);
    next = opened.backup.parent;
  }
  return chain;
}

export async function noSuchBackup(vault: Pick<BackupVault, 'list'>, id: string): Promise<StepFailure> {
  const known = (await vault.list()).map(({ backup }: { readonly backup: Backup }) => backup.id);
  return new StepFailure(
    'Pointsman.NoSuchBackup',
    `there is no backup ${id} here; there are ${known.join(', ') || 'none'}`,
  );
}
