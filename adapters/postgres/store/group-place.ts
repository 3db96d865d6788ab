import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { GroupName, SiteName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { KeeperAddress } from '../keeper/call-keeper.ts';
import type { SqlAddress } from '../sql/sql-session.ts';
import type { PostgresGroupOptions, PostgresSiteOptions } from './group-options.ts';

/** A group as this process reaches it: the one that is configured, or a rehearsal of it. */
export interface GroupPlace {
  readonly group: GroupName;
  readonly folder: string;
  readonly sites: readonly SitePlace[];
}

export interface SitePlace {
  readonly name: SiteName;
  readonly group: GroupName;
  readonly folder: string;
  readonly options: PostgresSiteOptions;
  readonly keeper: KeeperAddress;
  /** How its server is reached, in the clients' database. */
  sql(): Promise<SqlAddress>;
}

/** Of a staged group. */
const scratchShape = z.object({
  /** That staged it. */
  epoch: z.number(),
  ready: z.boolean(),
  sites: z.array(z.object({ name: z.string(), port: z.number() })),
});
export type Scratch = z.infer<typeof scratchShape>;

export const scratchFile = (options: PostgresGroupOptions, scratch: GroupName): string =>
  join(options.folder, scratch, 'scratch.json');

/** Undefined for one that is not staged. */
export async function readScratch(options: PostgresGroupOptions, scratch: GroupName): Promise<Scratch | undefined> {
  const text = await readFile(scratchFile(options, scratch), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : scratchShape.parse(JSON.parse(text));
}

/** @throws StepFailure `Pointsman.NoSuchSite` for a group that is neither configured nor staged */
export async function groupPlace(options: PostgresGroupOptions, group: GroupName): Promise<GroupPlace> {
  if (group === options.group) return placeOf(options, group, options.sites);
  const scratch = isScratchName(options, group) ? await readScratch(options, group) : undefined;
  if (scratch !== undefined) return placeOf(options, group, scratch.sites);
  throw new StepFailure('Pointsman.NoSuchSite', `there is no group ${group}; there is ${options.group}`);
}

/** A rehearsal of `shop` is named `shop--…`. */
export const isScratchName = (options: PostgresGroupOptions, group: GroupName): boolean =>
  group.startsWith(`${options.group}--`) && /^[a-z0-9-]+$/.test(group);

/** @throws StepFailure `Pointsman.NoSuchSite` naming those there are */
export function siteIn({ group, sites }: GroupPlace, name: SiteName): SitePlace {
  const found = sites.find((site) => site.name === name);
  if (found !== undefined) return found;
  const known = sites.map((site) => site.name).join(', ');
  throw new StepFailure('Pointsman.NoSuchSite', `${group} has no site ${name}; it has ${known}`);
}

export function placeOf(
  options: PostgresGroupOptions,
  group: GroupName,
  sites: readonly PostgresSiteOptions[],
): GroupPlace {
  const folder = join(options.folder, group);
  const { superuser: user = 'pointsman', database = 'postgres', password } = options;
  return {
    group,
    folder,
    sites: sites.map((site): SitePlace => {
      const own = join(folder, site.name);
      return {
        name: site.name,
        group,
        folder: own,
        options: site,
        keeper: { name: `${group}/${site.name}`, folder: own, port: site.reachedAt?.keeper },
        sql: async () => ({ port: site.reachedAt?.sql ?? site.port, user, database, password: await password() }),
      };
    }),
  };
}
