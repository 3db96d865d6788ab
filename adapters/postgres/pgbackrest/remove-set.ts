import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../../../functions/step-failure.ts';
import { isMissing } from '../../shared/vault/unusable.ts';
import type { RepositorySite } from './repository-site.ts';

/** Removes a backup and its label, in this order: one that was begun is listed until it is done. Safe to repeat. */
export async function removeBackup(site: RepositorySite, id: string): Promise<void> {
  const label = await site.labels.find(id).catch(() => undefined);
  if (label !== undefined) await removeSet(site, label.set);
  await site.labels.remove(id);
}

/**
 * Takes a set out of the repository at once, and lets pgBackRest find out: its own `expire --set` would take all that stand on it
 * along, and refuses the last full one.
 */
export async function removeSet({ repository, vault, name }: RepositorySite, set: string): Promise<void> {
  const child = (await repository.info()).find(({ label, reference }) => label !== set && reference?.includes(set));
  if (child !== undefined)
    throw new StepFailure('Pointsman.BackupNeeded', `${child.label} at ${name} stands on ${set}: remove that first`);
  const gone = join(vault, 'removed');
  await rm(gone, { recursive: true, force: true });
  await mkdir(gone, { mode: 0o700 });
  await rename(join(repository.folder, 'backup', repository.stanza, set), join(gone, set)).catch((thrown: unknown) => {
    if (!isMissing(thrown)) throw thrown;
  });
  await rm(gone, { recursive: true, force: true });
  await repository.run('expire');
}
