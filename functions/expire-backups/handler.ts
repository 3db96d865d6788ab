import * as z from 'zod/mini';
import { epoch, owner, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { Backup } from '../ports/recovery/backup-engine.ts';
import { groupName } from '../ports/recovery/recovery-input.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';
import { candidatesOf, type Vaults } from './candidates.ts';
import { removeAt, type Removal } from './remove-at.ts';
import { decideRetention } from './retention.ts';

const input = z.object({ group: groupName, owner, epoch });

export type ExpireBackupsInput = z.output<typeof input>;

export interface ExpireBackupsOutput {
  /** Oldest first, each with every rule that wants it. */
  readonly kept: readonly { readonly id: string; readonly reasons: readonly string[] }[];
  readonly removed: readonly Removal[];
  /** What no rule wants and a lock, or a locked backup that stands on it, keeps for now. That is no failure. */
  readonly deferred: readonly Removal[];
  /** Of archived changes that no kept backup needs. */
  readonly freedBytes: number;
  /** Why nothing was removed at all; null when the rules decided. */
  readonly halted: string | null;
}

/**
 * Removes the backups that no rule of the plan wants, at every site, and the archived changes that nothing kept needs.
 * Safe to repeat.
 * @throws StepFailure `Pointsman.LeaseLost` when somebody else looks after the group's backups now
 */
export const expireBackups: StepFunction<
  ExpireBackupsInput,
  ExpireBackupsOutput,
  Pick<Ports, 'backups' | 'catalog' | 'plans' | 'leases' | 'clock'>
> = {
  name: 'expire-backups',
  read: reader('expire-backups', input),
  async run({ group, owner, epoch }, { backups, catalog, plans, leases, clock }) {
    const lease = await leases.read(`backups:${group}`);
    if (lease?.owner !== owner || lease.epoch !== epoch)
      throw new StepFailure('Pointsman.LeaseLost', `backups:${group}: ${owner} does not hold it with epoch ${epoch}`);
    const { sites, backup: plan } = await plans.read(group);
    const vaults: Vaults = new Map(await Promise.all(sites.map(async (site) => listed(site))));
    const candidates = candidatesOf(vaults, await catalog.list(group));
    const { verdicts, replaySince, halted } = decideRetention(candidates, plan.retention, clock.now());
    const unwanted = verdicts.filter(({ keep }) => !keep).toReversed(); // what stands on another is newer: it goes first

    const outcomes: Removal[] = [];
    for (const [site, there] of vaults) outcomes.push(...(await removeAt({ backups, group, site, there, unwanted })));
    const deferred = outcomes.filter(({ until }) => until !== null);
    const left = new Set(deferred.map(({ id }) => id));
    for (const { id } of unwanted) if (!left.has(id)) await catalog.forget(group, id);
    let freedBytes = 0;
    for (const [site, there] of vaults) {
      const since = firstSince(there, candidates.find(({ id }) => id === replaySince)?.takenAt);
      if (since !== undefined) freedBytes += await backups.trim(group, site, since.id);
    }
    return {
      kept: verdicts.filter(({ keep }) => keep).map(({ id, reasons }) => ({ id, reasons })),
      removed: outcomes.filter(({ until }) => until === null),
      deferred,
      freedBytes,
      halted,
    };

    async function listed(site: string): Promise<[string, readonly Backup[]]> {
      return [site, await backups.list(group, site)];
    }
  },
};

/** A copy may have come later: at its site, changes are kept from the first backup on that is no older. */
const firstSince = (there: readonly Backup[], takenAt: number | undefined): Backup | undefined =>
  takenAt === undefined ? undefined : there.find((backup) => backup.takenAt >= takenAt && backup.kind === 'full');
