import type { GroupName } from '../../functions/ports/recovery/position.ts';
import type { RecoveryPlan, RecoveryPlans } from '../../functions/ports/recovery/recovery-plans.ts';
import { StepFailure } from '../../functions/step-failure.ts';

/** The plans given, by group. */
export function memoryRecoveryPlans(plans: ReadonlyMap<GroupName, RecoveryPlan> = new Map()): RecoveryPlans {
  return {
    async read(group) {
      const plan = plans.get(group) ?? plans.get(group.replace(/--[a-z0-9-]+$/, ''));
      if (plan !== undefined) return { ...plan, group };
      throw new StepFailure('Pointsman.NoSuchGroup', `there is no protected group ${group}`);
    },
    list: async () => [...plans.keys()],
  };
}
