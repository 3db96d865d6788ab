import type { FenceLevel, FenceResult } from '../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { stillWorking } from './faults.ts';
import { isolate, letNobodyIn } from './isolation.ts';
import { named, type RdsContext, show } from './rds-context.ts';
import type { LiveSite, SiteView } from './topology.ts';

/**
 * One rung of the ladder, as the platform has it.
 * @throws StepFailure `Pointsman.StillWorking` while it goes on, `Pointsman.LeaseLost`; what cannot be done is in the result
 */
export async function fence(
  context: RdsContext,
  view: SiteView,
  epoch: number,
  level: FenceLevel,
): Promise<FenceResult> {
  const { database, settings, isSilent } = view;
  if (isSilent) return unconfirmed(level, `the region ${settings.region} does not answer; it may live and take writes`);
  if (database === undefined)
    return unconfirmed(level, `there is no ${settings.identifier}; it may live under another name`);
  try {
    await show(context, database, epoch);
    return await climb(context, { ...view, database }, level);
  } catch (thrown) {
    const passes = ['Pointsman.StillWorking', 'Pointsman.LeaseLost'];
    if (!(thrown instanceof StepFailure) || passes.includes(thrown.name)) throw thrown;
    return unconfirmed(level, thrown.message);
  }
}

async function climb(context: RdsContext, { database, settings }: LiveSite, level: FenceLevel): Promise<FenceResult> {
  const { identifier, status } = database;
  switch (level) {
    case 'refuse-writes':
      return unconfirmed(level, 'the platform has no switch that refuses writes; nothing was changed');
    case 'stop': {
      if (status === 'stopped')
        return confirmed(
          level,
          `${identifier} is stopped, and in ${database.groups.map(({ id }) => id).join(', ')} when the platform starts it again after seven days`,
        );
      if (database.hasReplicas) return unconfirmed(level, `${identifier} is replicated from, and cannot be stopped`);
      if (status === 'stopping') throw stillWorking(`${identifier} is stopping`);
      if (status !== 'available') return unconfirmed(level, `${identifier} is ${status}, and cannot be stopped`);
      // Whoever starts it again, the platform by itself after seven days, starts it behind a closed door.
      await letNobodyIn(context, database, settings);
      await named(`${identifier}: stop it`, context.api.stop(database));
      throw stillWorking(`${identifier} is stopping`);
    }
    case 'isolate': {
      if (status === 'stopped') return unconfirmed(level, `${identifier} is stopped: its groups cannot be changed`);
      if (!/^(available|modifying|rebooting|backing-up|storage-optimization)$/.test(status))
        return unconfirmed(level, `${identifier} is ${status}: its groups cannot be changed`);
      await isolate(context, database, settings);
      return confirmed(level, `${identifier} is in ${settings.isolationGroup} alone, and was restarted since`);
    }
    case 'lease-expiry':
      return unconfirmed(level, 'a database of the platform never ends by itself');
    default:
      throw new Error(`there is no such fence: ${String(level satisfies never)}`);
  }
}

const confirmed = (level: FenceLevel, evidence: string): FenceResult => ({
  level,
  confirmed: true,
  evidence,
  selfStopBy: undefined,
});

const unconfirmed = (level: FenceLevel, evidence: string): FenceResult => ({
  ...confirmed(level, evidence),
  confirmed: false,
});
