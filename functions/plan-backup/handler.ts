import * as z from 'zod/mini';
import { instant, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { runningPrimary } from '../ports/recovery/running-primary.ts';
import { groupName } from '../ports/recovery/recovery-input.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';
import { backupId } from './backup-id.ts';
import { chooseParent } from './choose-parent.ts';

const input = z.object({
  group: groupName,
  /** The instant the backup is for: the same instant is the same backup. */
  scheduledAt: instant,
  /** `auto`: as the plan says; `archive`: a full one of its own name, to be kept for long. */
  kind: z.enum(['auto', 'full', 'incremental', 'archive']),
});

export type PlanBackupInput = z.output<typeof input>;

export interface PlanBackupOutput {
  readonly id: string;
  /** Where it is taken: the primary's site. */
  readonly site: string;
  readonly kind: 'full' | 'incremental';
  readonly parent: string | null;
  /** Why of this kind, in words. */
  readonly why: string;
  /** Sites that get a copy. */
  readonly copyTo: readonly string[];
  readonly planVersion: string;
}

/**
 * Decides what is to be taken, from the plan and from what is there. Of a backup that was taken already: what it is. Changes
 * nothing.
 * @throws StepFailure `Pointsman.StoreBusy` while the store is in the middle of something: a switchover, a failover, a freeze
 */
export const planBackup: StepFunction<
  PlanBackupInput,
  PlanBackupOutput,
  Pick<Ports, 'plans' | 'store' | 'backups' | 'catalog' | 'leases' | 'clock'>
> = {
  name: 'plan-backup',
  read: reader('plan-backup', input),
  async run({ group, scheduledAt, kind: asked }, { plans, store, backups, catalog, leases, clock }) {
    const { backup: plan, sites, version: planVersion } = await plans.read(group);
    const run = await leases.read(`group:${group}`);
    if (run !== undefined && run.expiresAt > clock.now())
      throw new StepFailure('Pointsman.StoreBusy', `${group}: ${run.owner} is changing it; ask again when it is done`);
    const { site, received, lineage } = await runningPrimary(store, group);
    const [there, records] = await Promise.all([backups.list(group, site), catalog.list(group)]);
    const id = backupId(group, scheduledAt, asked === 'archive');
    const taken = there.find((backup) => backup.id === id);
    const chosen =
      taken === undefined
        ? chooseParent({ asked, fullEvery: plan.fullEvery, site, branch: received?.branch, lineage, there, records })
        : { kind: taken.kind, parent: taken.parent, why: 'it was taken already' };
    const copyTo = [...new Set([...plan.copyTo, ...(plan.copyTo.length > 0 ? sites.slice(0, 1) : [])])];
    return { id, site, ...chosen, copyTo: copyTo.filter((other) => other !== site), planVersion };
  },
};
