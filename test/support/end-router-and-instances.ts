import { join } from 'node:path';
import { processReleaseTarget } from '../../adapters/local/process-target/process-release-target.ts';
import { stopRouter } from '../../adapters/local/router/ensure-router.ts';

/** Ends what outlives a host on purpose: every instance and the router of a data folder, whose host has ended. */
export async function endRouterAndInstances(dataFolder: string): Promise<void> {
  const target = processReleaseTarget({
    folder: join(dataFolder, 'target'),
    settings: () => ({ readinessPath: '/', drainSeconds: 0, env: {} }),
    unpack: () => Promise.reject(new Error('nothing is started any more')),
  });
  for (const service of await target.services()) await target.endNow(service);
  await stopRouter(dataFolder);
}
