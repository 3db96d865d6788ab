import { DescribeEventsCommand, RebootDBInstanceCommand } from '@aws-sdk/client-rds';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { Database } from './database.ts';
import { stillWorking } from './faults.ts';
import { packed, unpacked } from './marks.ts';
import { looked, mark, named, type RdsContext, unmark } from './rds-context.ts';
import type { RdsSite } from './rds-settings.ts';

/** Whether no client can reach it, and none is left from before. */
export const isIsolated = ({ groups, marks }: Database, { isolationGroup }: RdsSite): boolean =>
  onlyHas(groups, isolationGroup) && marks.has('sessions-ended');

/** Whether a group is the only one, and active. */
export const onlyHas = (groups: Database['groups'], group: string): boolean =>
  groups.length > 0 && groups.every(({ id, isActive }) => id === group && isActive);

/**
 * Keeps every client from a database: its security groups are replaced by the isolation group, and then its instances are
 * restarted, for a connection that is open outlives the rule that let it in. Resolves when the platform's events tell of each
 * restart. A security group does not hold back who holds the account's keys.
 */
export async function isolate(context: RdsContext, database: Database, site: RdsSite): Promise<void> {
  const { clock, settings } = context;
  const { identifier, marks } = database;
  if (isIsolated(database, site)) return;
  await letNobodyIn(context, database, site);
  const asked = Number(marks.get('restart') ?? 0);
  const restarted = asked > 0 && (await wasRestarted(context, database, asked));
  if (restarted && database.status === 'available') return mark(context, database, { 'sessions-ended': String(asked) });
  if (clock.now() - asked < 1000 * settings.settleSeconds || database.status !== 'available')
    throw stillWorking(`${identifier} is ${database.status}: it is isolated, and restarts to end the sessions it had`);
  await mark(context, database, { restart: String(clock.now()) });
  for (const instance of database.instances) {
    const reboot = new RebootDBInstanceCommand({ DBInstanceIdentifier: instance });
    await named(`${instance}: end its sessions`, context.regions.in(database.region).send(reboot));
  }
  throw stillWorking(`${identifier}: it is isolated, and restarts to end the sessions it had`);
}

/** The first half of it: no new connection comes in. Enough before a stop, which ends those that are open. */
export async function letNobodyIn(context: RdsContext, database: Database, site: RdsSite): Promise<void> {
  const { identifier, groups } = database;
  if (onlyHas(groups, site.isolationGroup)) return;
  if (groups.some(({ id }) => id === site.isolationGroup))
    throw stillWorking(`${identifier}: its isolation is not active yet`);
  await unmark(context, database, 'restart');
  await mark(context, database, { groups: packed(...groups.map(({ id }) => id)) });
  await named(`${identifier}: isolate it`, context.api.setGroups(database, [site.isolationGroup]));
  throw stillWorking(`${identifier}: its security groups are being replaced`);
}

/** Gives it back the groups it had. Of one that is not isolated: nothing. */
export async function release(context: RdsContext, database: Database, site: RdsSite): Promise<void> {
  const { identifier, groups, marks } = database;
  if (groups.some(({ id }) => id === site.isolationGroup)) {
    const before = unpacked(marks.get('groups'));
    if (before.length === 0)
      throw new StepFailure(
        'Pointsman.Refused',
        `${identifier}: it is in ${site.isolationGroup}, and no tag tells its groups from before: set them by hand`,
      );
    // First forgotten, then opened: a call that dies between leaves it closed and not believed to be.
    await unmark(context, database, 'sessions-ended', 'restart');
    await named(`${identifier}: let clients in again`, context.api.setGroups(database, before));
    throw stillWorking(`${identifier}: its security groups are being given back`);
  }
  if (marks.has('groups') && groups.some(({ isActive }) => !isActive))
    throw stillWorking(`${identifier}: its security groups are not active yet`);
  await unmark(context, database, 'groups', 'sessions-ended', 'restart', 'cut');
}

/**
 * Status alone cannot tell: it stays `available` right after the call, and is so again after it. Events bear the platform's
 * clock; where ours is ahead of it the restart is not believed, and made again.
 */
async function wasRestarted({ regions }: RdsContext, database: Database, since: number): Promise<boolean> {
  const restarts = database.instances.map(async (SourceIdentifier) => {
    const command = new DescribeEventsCommand({
      SourceIdentifier,
      SourceType: 'db-instance',
      EventCategories: ['availability'],
      StartTime: new Date(since),
    });
    const { Events = [] } = await looked(
      `${SourceIdentifier}: its events`,
      regions.read(database.region).send(command),
    );
    return Events.some(({ Message = '', Date: at }) => /restarted/i.test(Message) && (at?.getTime() ?? 0) >= since);
  });
  return (await Promise.all(restarts)).every(Boolean);
}
