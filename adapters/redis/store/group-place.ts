import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { GroupName, SiteName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { keptSite, type KeptSite, type SiteSurroundings } from '../site/kept-site.ts';
import type { RedisGroupOptions, RedisSiteOptions } from './group-options.ts';

/** A group as this process has it in hand: the one that is configured, or a rehearsal of it. */
export interface GroupPlace {
  readonly group: GroupName;
  readonly folder: string;
  readonly options: RedisGroupOptions;
  readonly sites: readonly KeptSite[];
}

const scratchShape = z.object({
  /** That staged it. */
  epoch: z.number(),
  ready: z.boolean(),
  sites: z.array(z.object({ name: z.string(), port: z.number() })),
});

/** A staged group. */
export type Scratch = z.infer<typeof scratchShape>;

/** The places of a group and of what is staged from it. */
export interface GroupPlaces {
  /** @throws StepFailure `Pointsman.NoSuchSite` for a group that is neither configured nor staged */
  place(group: GroupName): Promise<GroupPlace>;
  placeOf(group: GroupName, sites: readonly RedisSiteOptions[]): GroupPlace;
  /** Undefined for one that is not staged. */
  scratch(group: GroupName): Promise<Scratch | undefined>;
  noteScratch(group: GroupName, scratch: Scratch): Promise<void>;
}

export function groupPlaces(options: RedisGroupOptions): GroupPlaces {
  const secretFile = join(options.folder, options.group, 'admin-password');
  const adminPassword = () => readOrMake(secretFile);
  const known = new Map<string, GroupPlace>(); // a site's orders go through one object, in turn
  const scratchFile = (group: GroupName) => join(options.folder, group, 'scratch.json');
  const places: GroupPlaces = {
    async place(group) {
      if (group === options.group) return places.placeOf(group, options.sites);
      const scratch = isScratchName(options, group) ? await places.scratch(group) : undefined;
      if (scratch !== undefined) return places.placeOf(group, scratch.sites);
      throw new StepFailure('Pointsman.NoSuchSite', `there is no group ${group}; there is ${options.group}`);
    },

    placeOf(group, sites) {
      const key = JSON.stringify([group, sites]);
      const found = known.get(key);
      if (found !== undefined) return found;
      const folder = join(options.folder, group);
      const portOf = (name: SiteName) => {
        const site = sites.find((each) => each.name === name);
        return site?.reachedAt ?? site?.port;
      };
      const around: SiteSurroundings = { options, adminPassword, portOf };
      const made = {
        group,
        folder,
        options,
        sites: sites.map((site) => keptSite(`${group}/${site.name}`, join(folder, site.name), site, around)),
      };
      known.set(key, made);
      return made;
    },

    async scratch(group) {
      const text = await readFile(scratchFile(group), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      return text === undefined ? undefined : scratchShape.parse(JSON.parse(text));
    },

    noteScratch: (group, scratch) => writeWhole(scratchFile(group), `${JSON.stringify(scratch)}\n`, true),
  };
  return places;
}

/** A rehearsal of `shop` is named `shop--…`. */
export const isScratchName = (options: RedisGroupOptions, group: GroupName): boolean =>
  group.startsWith(`${options.group}--`) && /^[a-z0-9-]+$/.test(group);

/** @throws StepFailure `Pointsman.NoSuchSite` naming those there are */
export function siteIn({ group, sites }: GroupPlace, name: SiteName): KeptSite {
  const found = sites.find((site) => site.name === name);
  if (found !== undefined) return found;
  const known = sites.map((site) => site.name).join(', ');
  throw new StepFailure('Pointsman.NoSuchSite', `${group} has no site ${name}; it has ${known}`);
}

export const othersIn = ({ sites }: GroupPlace, site: KeptSite): readonly KeptSite[] =>
  sites.filter((other) => other !== site);

/** Of the adapter's own user: nobody else needs it, so it is made up once and never shown. */
async function readOrMake(file: string): Promise<string> {
  const read = () => readFile(file, 'utf8').then((text) => text.trim());
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await writeWhole(file, `${randomBytes(24).toString('hex')}\n`, true);
    return read();
  }
}
