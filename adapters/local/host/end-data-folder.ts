import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Configuration, readConfiguration } from '../../configuration.ts';
import { openGroups } from '../../protected-groups.ts';
import { systemClock } from '../system-clock.ts';
import { sqliteExecutionStore } from '../execution-store/execution-store.ts';
import { lockDataFolder } from '../execution-store/lock-data-folder.ts';
import { processReleaseTarget } from '../process-target/process-release-target.ts';
import { addressesIn } from './addresses.ts';
import type { Ended } from './down.ts';
import { endServices } from './end-services.ts';
import { refuseRollouts, runningRollouts } from './running-rollouts.ts';

interface EndDataFolderOptions {
  /** `pointsman.yaml`; for its data folder. */
  readonly configFile?: string;
  /** Over what the configuration says. */
  readonly dataFolder?: string;
  /** All of them and the router when absent. */
  readonly service?: string;
  /** Also when a rollout is not over, which then goes on with the next start. */
  readonly force?: boolean;
}

/**
 * Ends what a host left running that has ended itself: what `POST /pointsman/v1/down` does, without a host.
 * @throws ConfigurationError; Refusal 409 for a rollout that is not over; Error naming the process that uses the folder
 */
export async function endDataFolder(options: EndDataFolderOptions): Promise<Ended> {
  const configuration = readConfiguration(options.configFile);
  const dataFolder = resolve(options.dataFolder ?? configuration.dataFolder);
  if (!existsSync(dataFolder)) return { services: [], router: false, rollouts: [], host: false };
  const lock = lockDataFolder(dataFolder);
  try {
    if (options.force !== true) await refuseUnfinished(configuration, dataFolder, options.service);
    const target = processReleaseTarget({
      folder: join(dataFolder, 'target'),
      settings: () => ({ readinessPath: '/', drainSeconds: 0, env: {} }),
      unpack: () => Promise.reject(new Error('nothing is started any more')),
    });
    if (options.service === undefined) await endGroups(configuration, dataFolder);
    return { ...(await endServices(dataFolder, target, options.service)), rollouts: [], host: false };
  } finally {
    lock.release();
  }
}

async function endGroups({ groups }: Configuration, dataFolder: string): Promise<void> {
  const opened = await openGroups({ groups, dataFolder, clock: systemClock });
  for (const group of opened.values()) await group.end();
}

async function refuseUnfinished({ aws }: Configuration, dataFolder: string, service?: string): Promise<void> {
  const file = join(dataFolder, 'executions.db');
  if (!existsSync(file)) return;
  const store = sqliteExecutionStore(file);
  try {
    const rollouts = await runningRollouts(store, addressesIn(aws).machine('deploy'), service);
    refuseRollouts(rollouts, 'start the host and let it end, or add --force: then it goes on with the next start');
  } finally {
    store.close();
  }
}
