import { endDataFolder } from '../../adapters/local/host/end-data-folder.ts';

/** Ends what outlives a host on purpose: instances, the router, and servers of the groups of its configuration; the host has ended. */
export async function endWhatOutlives(dataFolder: string, configFile: string): Promise<void> {
  await endDataFolder({ dataFolder, configFile, force: true });
}
