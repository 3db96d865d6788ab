import { reasonOf } from '../../shared/vault/unusable.ts';
import { onlyOnce, type Repository } from './repository.ts';

/**
 * Reads every byte of the repository, and gives what is wrong with these of its backups, in words. The command ends with exit code 0 and
 * "completed successfully" whatever it finds, so its text is read. (pgBackRest 2.45; github.com/pgbackrest/pgbackrest/issues/2502)
 */
export async function setProblems(repository: Repository, sets: readonly string[]): Promise<readonly string[]> {
  const text = await repository
    .run('verify', ['--output=text', '--verbose', onlyOnce])
    .catch((thrown: unknown) => thrown);
  return Buffer.isBuffer(text) ? readVerification(text.toString('latin1'), sets) : [reasonOf(text)];
}

/** Pure. */
export function readVerification(text: string, sets: readonly string[]): readonly string[] {
  const lines = text.split('\n').map((line) => line.trim());
  const general = lines.filter((line) => line.startsWith('No usable')).map((line) => `pgBackRest: ${line}`);
  const own = sets.flatMap((set) => {
    const at = lines.findIndex((line) => line.startsWith(`backup: ${set}, `));
    const found = lines[at];
    if (found === undefined) return [`${set}: pgBackRest has it no more, or its manifest is missing or unreadable`];
    const counts = lines[at + 1] ?? '';
    return /, status: valid, /.test(found) && isClean(counts) ? [] : [`${set} is damaged: ${found}; ${counts}`];
  });
  return [...general, ...own];
}

const isClean = (counts: string): boolean => counts === 'missing: 0, checksum invalid: 0, size invalid: 0, other: 0';
