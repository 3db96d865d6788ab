import type { GroupName } from '../functions/ports/recovery/position.ts';
import type { RecoveryPlan, RecoveryPlans } from '../functions/ports/recovery/recovery-plans.ts';
import { noSuchGroup, rehearsed } from './by-group.ts';
import type { GroupSettings } from './group-configuration.ts';

/** What is decided about a group whatever its store is; of its sites, the names. */
export interface PlannedGroup
  extends Pick<GroupSettings, 'services' | 'objectives' | 'catchUpSeconds' | 'verifiedWithinHours' | 'backup'> {
  readonly sites: Readonly<Record<string, unknown>>;
}

/** What the configuration says about protected groups, as plans. */
export function configuredPlans(groups: Readonly<Record<GroupName, PlannedGroup>>): RecoveryPlans {
  const plans = new Map(Object.entries(groups).map(([group, settings]) => [group, planOf(group, settings)]));
  return {
    async read(group) {
      const plan = plans.get(group) ?? plans.get(rehearsed(group));
      if (plan === undefined) throw noSuchGroup(group, [...plans.keys()]);
      return { ...plan, group };
    },
    list: async () => [...plans.keys()],
  };
}

function planOf(group: GroupName, settings: PlannedGroup): RecoveryPlan {
  const { services, objectives, catchUpSeconds, verifiedWithinHours, backup } = settings;
  const sites = Object.keys(settings.sites);
  const decided = {
    sites,
    services,
    objectives,
    catchUpSeconds,
    verifiedWithinHours,
    backup: {
      fullEvery: backup.fullEvery,
      copyTo: backup.copyTo ?? sites.slice(1),
      retention: backup.retention,
    },
  };
  const { createHash } = process.getBuiltinModule('node:crypto'); // a function without plans need not load it
  const version = createHash('sha256').update(JSON.stringify(decided)).digest('hex').slice(0, 12);
  return { group, version, ...decided };
}
