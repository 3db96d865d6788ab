import { toEpochMs } from '../../../engine/data/instant.ts';
import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import type { Digest } from '../../../functions/ports/release.ts';
import type { World } from '../../world.ts';
import { collectGarbage } from '../../oci/collect-garbage.ts';
import { layoutFolder } from '../../oci/image-name.ts';
import { runningRollouts } from './running-rollouts.ts';

export interface RemoveOldOptions {
  readonly world: Pick<World, 'clock' | 'registryFolder'> & {
    readonly images: Pick<World['images'], 'repositories'>;
    readonly ledger: Pick<World['ledger'], 'list'>;
    readonly target: Pick<World['target'], 'services' | 'observe'>;
  };
  readonly store: Pick<ExecutionStore, 'forget' | 'list'>;
  readonly deployMachineArn: string;
}

/** As long as AWS keeps a closed execution. */
const DAYS_KEPT = 90;
/** Releases of a service that stay in the registry without a tag: what a rollback may return to. */
const RELEASES_KEPT = 20;

/**
 * Removes what nobody needs any more: executions that ended 90 days ago, and images that have no tag and are neither
 * served nor about to be, nor among the newest 20 records of a service.
 */
export async function removeOld({ world, store, deployMachineArn }: RemoveOldOptions): Promise<void> {
  const { clock, images, registryFolder } = world;
  await store.forget(toEpochMs(clock.now() - DAYS_KEPT * 86_400_000));
  const kept = new Set([...(await releasesInUse(world)), ...(await releasesWaiting(store, deployMachineArn))]);
  for (const repository of await images.repositories())
    await collectGarbage(layoutFolder(registryFolder, repository), kept);
}

async function releasesInUse({ target, ledger }: RemoveOldOptions['world']): Promise<readonly Digest[]> {
  const all = (await target.services()).map(async (service) => {
    const [{ stable, candidate }, records] = await Promise.all([
      target.observe(service),
      ledger.list(service, RELEASES_KEPT),
    ]);
    return [stable ?? [], candidate ?? [], records.map(({ release }) => release)].flat();
  });
  return (await Promise.all(all)).flat();
}

/** A rollout that waits for the one before it has its release in its input only. */
async function releasesWaiting(store: Pick<ExecutionStore, 'list'>, machineArn: string): Promise<readonly Digest[]> {
  const rollouts = await runningRollouts(store, machineArn);
  return rollouts.map(({ input }) => String((JSON.parse(input) as { digest?: unknown }).digest));
}
