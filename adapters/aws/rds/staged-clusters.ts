import { RestoreDBClusterToPointInTimeCommand } from '@aws-sdk/client-rds';
import type { GroupName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { Database } from './database.ts';
import { absent, stillWorking } from './faults.ts';
import { addSecondary, createGlobal, deleteGlobal, findGlobal, leaveGlobal } from './global-cluster.ts';
import { asTags } from './marks.ts';
import { named, type RdsContext } from './rds-context.ts';
import type { RdsSite } from './rds-settings.ts';
import { databasesOf } from './site-views.ts';
import type { SiteView } from './topology.ts';

/**
 * A fast clone of the primary's cluster, made the writer of a global database of its own, with a secondary at each other site.
 * The clone is of the primary's volume and not of a standby's: it shares storage until either changes, and takes nothing from
 * the primary's instances, while a clone cannot leave its region.
 */
export async function stageClusters(
  context: RdsContext,
  global: string,
  views: readonly SiteView[],
  scratch: GroupName,
  epoch: number,
): Promise<void> {
  const { api } = context;
  const staged = await databasesOf(context, scratch);
  const made = staged.flatMap(({ found }) => (found === undefined || found === 'silent' ? [] : [found]));
  const by = Math.max(0, ...made.map(({ marks }) => Number(marks.get('staged-by') ?? 0)));
  if (epoch < by)
    throw new StepFailure('Pointsman.LeaseLost', `${scratch}: asked with epoch ${epoch}, was staged with ${by}`);
  if (by > 0 && by < epoch) {
    await unstageClusters(context, global, scratch);
    throw stillWorking(`${scratch}: what an earlier run left is deleted first`);
  }
  const source = views.find(({ role, database }) => role === 'primary' && database?.status === 'available');
  const leader = staged.find(({ site }) => site === source?.site);
  if (source?.database === undefined || leader === undefined)
    throw new StepFailure('Pointsman.SiteUnreachable', `${scratch}: there is no available primary to clone`);
  const marks = { scratch, 'staged-by': String(epoch), epoch: String(epoch) };
  const { found: primary, settings } = leader;
  if (primary === undefined || primary === 'silent') {
    await clone(context, source.database, settings, marks);
    throw stillWorking(`${scratch}: ${settings.identifier} is cloned`);
  }
  if (!(await named(`${scratch}: complete it`, api.complete(primary))))
    throw stillWorking(`${scratch}: ${primary.identifier} is ${primary.status}`);
  const known = await findGlobal(context, global, [settings.region]);
  if (known === undefined) await createGlobal(context, global, primary);
  if (known === undefined || known === 'silent' || known.status !== 'available')
    throw stillWorking(`${scratch}: ${global} is made`);
  for (const { found, settings: site } of staged) {
    if (found === undefined) await addSecondary(context, global, primary, site, site.scratchGroups, marks);
    const isThere =
      found !== undefined && found !== 'silent' && (await named(`${scratch}: complete it`, api.complete(found)));
    if (!isThere) throw stillWorking(`${scratch}: ${site.identifier} is not ready yet`);
  }
}

async function clone(
  { regions }: RdsContext,
  { arn }: Database,
  site: RdsSite,
  marks: Readonly<Record<string, string>>,
): Promise<void> {
  const command = new RestoreDBClusterToPointInTimeCommand({
    DBClusterIdentifier: site.identifier,
    SourceDBClusterIdentifier: arn,
    RestoreType: 'copy-on-write',
    UseLatestRestorableTime: true,
    VpcSecurityGroupIds: [...site.scratchGroups],
    Tags: asTags(marks),
    ...(site.subnetGroup !== undefined && { DBSubnetGroupName: site.subnetGroup }),
    ...(site.parameterGroup !== undefined && { DBClusterParameterGroupName: site.parameterGroup }),
  });
  await named(
    `${site.identifier}: clone it`,
    regions.in(site.region).send(command).catch(absent('DBClusterAlreadyExists')),
  );
}

/** Deletes what bears the mark of this rehearsal: members leave the global database first, the writer last. */
export async function unstageClusters(context: RdsContext, global: string, scratch: GroupName): Promise<void> {
  const staged = await databasesOf(context, scratch);
  const found = staged.flatMap(({ found: each }) => (each === undefined || each === 'silent' ? [] : [each]));
  const stranger = found.find(({ marks }) => marks.get('scratch') !== scratch);
  if (stranger !== undefined)
    throw new StepFailure('Pointsman.NotScratch', `${stranger.identifier} does not bear the mark of ${scratch}`);
  const { region = '' } = staged[0]?.settings ?? {};
  const known = await findGlobal(context, global, [region, ...found.map((each) => each.region)]);
  if (known === 'silent') throw stillWorking(`${scratch}: no region tells what ${global} has`);
  const [next] = (known?.members ?? []).toSorted((a, b) => Number(a.isWriter) - Number(b.isWriter));
  const member = found.find(({ arn }) => arn === next?.arn);
  if (next !== undefined && member !== undefined) {
    await leaveGlobal(context, global, member);
    throw stillWorking(`${scratch}: ${member.identifier} leaves ${global}`);
  }
  if (known !== undefined) await deleteGlobal(context, global, region);
  for (const each of found)
    if (each.status !== 'deleting') await named(`${each.identifier}: delete it`, context.api.remove(each));
}
