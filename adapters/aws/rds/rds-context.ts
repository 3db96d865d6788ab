import { AddTagsToResourceCommand, RemoveTagsFromResourceCommand } from '@aws-sdk/client-rds';
import type { Clock } from '../../../functions/ports/clock.ts';
import type { GroupName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { DataAccess } from './data-access.ts';
import type { Database, DatabaseApi } from './database.ts';
import { asFailure, isBusy, isRefusal, notOffered, stillWorking } from './faults.ts';
import { asTags, packed, tagKeys, unpacked } from './marks.ts';
import type { RdsRegions } from './rds-regions.ts';
import type { RdsSites } from './rds-settings.ts';
import type { LiveSite } from './topology.ts';

/** What every call of a group's adapters has at hand. */
export interface RdsContext {
  readonly group: GroupName;
  readonly settings: RdsSites;
  readonly regions: RdsRegions;
  readonly api: DatabaseApi;
  readonly clock: Clock;
  readonly data: DataAccess | undefined;
}

/** Looks; a fault comes as a failure with a name. */
export const looked = <T>(asked: string, call: Promise<T>): Promise<T> =>
  call.catch((thrown: unknown) => {
    throw asFailure(thrown, asked, 'look');
  });

/** Changes something; a fault comes as a failure with a name. */
export const named = <T>(asked: string, call: Promise<T>): Promise<T> =>
  call.catch((thrown: unknown) => {
    throw asFailure(thrown, asked);
  });

/** Notes something on a resource. Readers see it some seconds later. */
export async function mark(
  { regions }: RdsContext,
  { arn, region, identifier }: Pick<Database, 'arn' | 'region' | 'identifier'>,
  marks: Readonly<Record<string, string>>,
): Promise<void> {
  const command = new AddTagsToResourceCommand({ ResourceName: arn, Tags: asTags(marks) });
  await named(`${identifier}: note ${Object.keys(marks).join(', ')}`, regions.in(region).send(command));
}

export async function unmark({ regions }: RdsContext, database: Database, ...names: readonly string[]): Promise<void> {
  const there = names.filter((name) => database.marks.has(name));
  if (there.length === 0) return;
  const command = new RemoveTagsFromResourceCommand({ ResourceName: database.arn, TagKeys: tagKeys(there) });
  await named(`${database.identifier}: forget ${there.join(', ')}`, regions.in(database.region).send(command));
}

/**
 * Shows a resource the run's epoch. The platform has no compare-and-set: the epoch is a tag that is read, compared and written,
 * so of two runs that do this in the same second both may go on. Leases keep them apart; this keeps out a run that was long gone.
 */
export async function show(
  context: RdsContext,
  database: Database,
  epoch: number,
  name: 'epoch' | 'backup-epoch' = 'epoch',
): Promise<void> {
  const shown = Number(database.marks.get(name) ?? 0);
  if (epoch < shown)
    throw new StepFailure(
      'Pointsman.LeaseLost',
      `${database.identifier}: asked with epoch ${epoch}, was shown ${shown} before`,
    );
  if (epoch > shown) await mark(context, database, { [name]: String(epoch) });
}

/**
 * Makes a call that must not be made twice by accident. That it is made is noted first; while its effect has not shown, a
 * repetition only looks, and it is made again when `settleSeconds` have passed without any effect. Never resolves.
 * @throws StepFailure `Pointsman.StillWorking` or what the platform refuses it for
 */
export async function askOnce(
  context: RdsContext,
  database: Database,
  name: string,
  epoch: number,
  call: () => Promise<unknown>,
  also: Readonly<Record<string, string>> = {},
): Promise<never> {
  const asked = `${database.identifier}: ${name}`;
  const [before, at = '0'] = unpacked(database.marks.get(name));
  const elapsed = context.clock.now() - Number(at);
  if (before === String(epoch) && elapsed < 1000 * context.settings.settleSeconds)
    throw stillWorking(`${asked}: asked ${Math.round(elapsed / 1000)} s ago; its effect has not shown yet`);
  await mark(context, database, { ...also, [name]: packed(epoch, context.clock.now()) });
  try {
    await call();
  } catch (thrown) {
    // Busy may mean that it was asked before, and that the note of it had not shown yet: the note stays.
    if (isRefusal(thrown) && !isBusy(thrown))
      await unmark(context, { ...database, marks: new Map([[name, '']]) }, name).catch(() => undefined);
    throw asFailure(thrown, asked);
  }
  throw stillWorking(`${asked}: asked now`);
}

/** Access to the data itself. @throws StepFailure `Pointsman.NotOffered` without it */
export function dataFor({ data }: RdsContext, asked: string): DataAccess {
  if (data !== undefined) return data;
  throw notOffered(asked, 'the API of RDS shows neither rows nor positions, and no access to the data is wired');
}

/** Where a serving site's data ends; `Pointsman.SiteUnreachable` when it does not answer. */
export async function endOf(context: RdsContext, { site, database }: LiveSite) {
  return dataFor(context, `${site}: tell where it ends`)
    .end(database.address ?? '')
    .catch((thrown: unknown) => {
      throw new StepFailure('Pointsman.SiteUnreachable', `${site}: its data does not answer: ${String(thrown)}`, {
        cause: thrown,
      });
    });
}
