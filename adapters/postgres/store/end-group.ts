import { keeperOrder, keeperState } from '../keeper/call-keeper.ts';
import { keeperProcesses } from '../keeper/ensure-keeper.ts';
import type { PostgresGroupOptions } from './group-options.ts';
import { groupPlace, type SitePlace } from './group-place.ts';
import { patiently } from './patiently.ts';
import { stagedGroups, unstageGroup } from './stage-group.ts';

/** Primaries first, so that standbys get the rest. What has no keeper has nothing that would end it politely, and gets one. */
export async function endGroup(options: PostgresGroupOptions): Promise<void> {
  const { keepers = keeperProcesses } = options;
  const { sites } = await groupPlace(options, options.group);
  for (const scratch of await stagedGroups(options)) await unstageGroup(options, scratch);
  const known = await Promise.all(
    sites.map(async (site) => {
      await keepers.ensure(site.folder);
      return { site, record: (await keeperState(site.keeper, 5000)).record };
    }),
  );
  const rest = ({ keeper }: SitePlace, epoch: number) => patiently(() => keeperOrder(keeper, { kind: 'rest', epoch }));
  for (const kind of ['primary', 'standby'])
    await Promise.all(
      known.filter(({ record }) => record.role.kind === kind).map(({ site, record }) => rest(site, record.epoch)),
    );
  for (const { folder } of sites) await keepers.end(folder);
}
