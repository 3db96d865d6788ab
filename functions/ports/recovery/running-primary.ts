import { StepFailure } from '../../step-failure.ts';
import type { GroupName } from './position.ts';
import type { ReplicatedStore, SiteState } from './replicated-store.ts';

/**
 * The one primary of a group, when the store is as it should be.
 * @throws StepFailure `Pointsman.StoreBusy` when it is in the middle of something: no primary, two, or one that refuses writes
 */
export async function runningPrimary(store: Pick<ReplicatedStore, 'observe'>, group: GroupName): Promise<SiteState> {
  const { sites } = await store.observe(group);
  const primaries = sites.filter(({ reach, role }) => reach === 'answers' && role === 'primary');
  const [primary] = primaries;
  if (primary !== undefined && primaries.length === 1 && primary.writes === 'accepted') return primary;
  const found = sites.map(({ site, reach, role, writes }) => `${site} ${reach}, ${role}, writes ${writes}`).join('; ');
  throw new StepFailure(
    'Pointsman.StoreBusy',
    `${group}: it needs one primary that accepts writes, and there is ${found || 'no site'}; ask again when it is settled`,
  );
}
