import type { Position, SiteName } from '../ports/recovery/position.ts';
import { StepFailure } from '../step-failure.ts';
import type { Vault } from './read-vaults.ts';

interface Proof {
  readonly site: SiteName;
  readonly backup: string;
  readonly target: { readonly kind: 'position'; readonly position: Position };
  /** The position says it. */
  readonly branch: null;
}

/**
 * Where the contents of a backup were recorded. Without a name it is the newest one, whether or not it is known to be good:
 * a drill that steps back to an older one would hide that the newest is bad. Pure.
 * @throws StepFailure `Pointsman.NoProof`, `Pointsman.NoSuchBackup`
 */
export function proofOf(
  vaults: readonly Vault[],
  { only, backup: id }: { readonly only: SiteName | null; readonly backup: string | null },
): Proof {
  const there = vaults
    .filter(({ site }) => only === null || site === only)
    .flatMap(({ site, backups }) => backups.map((backup) => ({ site, backup })))
    .filter(({ backup }) => id === null || backup.id === id);
  const newest = Math.max(...there.map(({ backup }) => backup.takenAt));
  const found = there.find(({ backup }) => backup.takenAt === newest); // of its copies the one at the preferred site
  if (found === undefined)
    throw new StepFailure(
      'Pointsman.NoSuchBackup',
      `there is no backup${id === null ? '' : ` ${id}`}${only === null ? '' : ` at ${only}`} to be rehearsed; take one first`,
    );
  const { site, backup } = found;
  if (backup.proof === null)
    throw new StepFailure(
      'Pointsman.NoProof',
      `${backup.id} at ${site} was taken without recording what it held: there is nothing to compare a restore with`,
    );
  return { site, backup: backup.id, target: { kind: 'position', position: backup.proof.at }, branch: null };
}
