import { endDataFolder } from '../../adapters/local/host/end-data-folder.ts';

/** Ends what outlives a host on purpose: every instance and the router of a data folder, whose host has ended. */
export async function endRouterAndInstances(dataFolder: string): Promise<void> {
  await endDataFolder({ dataFolder, force: true });
}
