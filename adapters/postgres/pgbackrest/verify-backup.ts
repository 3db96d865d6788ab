import type { Verification } from '../../../functions/ports/recovery/backup-engine.ts';
import { reasonOf } from '../../shared/vault/unusable.ts';
import { noSuchBackup } from '../backups/read-chain.ts';
import { logProblems } from '../backups/verify-backup.ts';
import type { RepositoryBackup } from './backup-labels.ts';
import type { RepositorySite } from './repository-site.ts';
import { setProblems } from './verify-repository.ts';

/** Reads every byte of a backup and its chain, and of the log that it needs, and compares its label with what pgBackRest knows. */
export async function verifyBackup(site: RepositorySite, id: string, trimmedBefore: bigint): Promise<Verification> {
  await site.drain();
  if ((await site.labels.find(id).catch(() => 'damaged')) === undefined) throw await noSuchBackup(site.backups, id);
  const problems: string[] = [];
  const note = (thrown: unknown): undefined => void problems.push(reasonOf(thrown));
  const chain: readonly RepositoryBackup[] | undefined = await site.chain(id).catch(note);
  const last = chain?.at(-1);
  if (chain !== undefined && last !== undefined) {
    problems.push(
      ...(await setProblems(
        site.repository,
        chain.map(({ set }) => set),
      )),
    );
    problems.push(...(await logProblems(site, last, trimmedBefore).catch((thrown: unknown) => [reasonOf(thrown)])));
  }
  return { intact: problems.length === 0, problems };
}
