import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import type { Runner } from '../../../engine/runner/runner.ts';
import type { ProcessReleaseTarget } from '../process-target/process-release-target.ts';
import type { ProtectedGroups } from '../../protected-groups.ts';
import { Refusal } from './refusal.ts';
import { type EndedServices, endServices } from './end-services.ts';
import { refuseRollouts, runningRollouts } from './running-rollouts.ts';

/** What `down` ended. */
export interface Ended extends EndedServices {
  /** ARNs of rollouts that were stopped where they stood. */
  readonly rollouts: readonly string[];
  /** Whether the host ends too, as soon as it has answered. */
  readonly host: boolean;
}

interface DownOptions {
  readonly dataFolder: string;
  readonly target: ProcessReleaseTarget;
  readonly store: Pick<ExecutionStore, 'list'>;
  readonly runner: Pick<Runner, 'stop'>;
  readonly deployMachineArn: string;
  /** ARNs of what runs on protected groups. */
  readonly recoveries: () => Promise<readonly string[]>;
  readonly groups: ProtectedGroups;
  /** Nothing new is answered, started or looked after from now on. */
  readonly quiesce: () => Promise<void>;
  /** Ends the host; called when everything else has ended or could not be. */
  readonly leave: () => void;
}

/**
 * Ends a service with its route; without a name all services, the router and the host itself. A rollout that runs is in
 * the way unless `force`, which stops it where it stands.
 * @throws Refusal 409
 */
export type Down = (asked: { readonly service?: string | undefined; readonly force?: boolean }) => Promise<Ended>;

export function createDown(options: DownOptions): Down {
  const { dataFolder, target, groups, store, runner, deployMachineArn, recoveries, quiesce, leave } = options;
  return async ({ service, force = false }) => {
    const rollouts = await runningRollouts(store, deployMachineArn, service);
    if (!force) refuseRollouts(rollouts, `wait for it, or pointsman down --force, which stops it where it stands`);
    for (const { arn } of rollouts)
      await runner.stop(arn, { error: 'Pointsman.Down', cause: 'pointsman down --force' });
    const stopped = rollouts.map(({ arn }) => arn);
    if (service !== undefined)
      return { ...(await endServices(dataFolder, target, service)), rollouts: stopped, host: false };
    for (const arn of await recoveries()) {
      if (!force)
        throw new Refusal(409, 'RecoveryRuns', `${arn} is not over`, 'wait for it, or pointsman recovery abort GROUP');
      await runner.stop(arn, { error: 'Pointsman.Down', cause: 'pointsman down --force' });
      stopped.push(arn);
    }
    try {
      await quiesce();
      for (const group of groups.values()) await group.end();
      return { ...(await endServices(dataFolder, target)), rollouts: stopped, host: true };
    } finally {
      leave();
    }
  };
}
