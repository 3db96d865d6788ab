import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../functions/ports/clock.ts';
import type { GroupName } from '../functions/ports/recovery/position.ts';
import type { GroupAdapters } from './by-group.ts';
import type { GroupSettings } from './group-configuration.ts';
import { postgresGroup } from './postgres-group.ts';
import { redisGroup } from './redis-group.ts';
import { freePort } from './shared/free-port.ts';
import { writeWhole } from './shared/write-whole.ts';

/** A store with its servers on this machine, and what a host does for it. */
export interface ProtectedGroup extends GroupAdapters {
  /** Where each site listens. */
  readonly ports: Readonly<Record<string, number>>;
  /** Brings it up: makes it when it is new, and starts what shall run. Safe to repeat. */
  start(): Promise<void>;
  /** Lets its sites hear a controller, and takes what they laid down for their vaults. Every second or so; gives problems in words. */
  accompany(): Promise<readonly string[]>;
  /** Ends what outlives the host. Safe to repeat. */
  end(): Promise<void>;
}

/** What every kind of store is made with. */
export interface GroupParts extends Pick<GroupSettings, 'sites'> {
  readonly group: GroupName;
  readonly ports: Readonly<Record<string, number>>;
  readonly dataFolder: string;
  readonly clock: Clock;
}

export type ProtectedGroups = ReadonlyMap<GroupName, ProtectedGroup>;

interface GroupsOptions {
  readonly groups: Readonly<Record<GroupName, GroupSettings>>;
  readonly dataFolder: string;
  readonly clock: Clock;
}

/** The adapters of every configured group. Nothing is started yet; ports that were left open are chosen, and kept. */
export async function openGroups({ groups, dataFolder, clock }: GroupsOptions): Promise<ProtectedGroups> {
  const opened = new Map<GroupName, ProtectedGroup>();
  for (const [group, settings] of Object.entries(groups)) {
    const ports = await portsOf(join(dataFolder, 'groups', `${group}.ports.json`), settings);
    const { store, sites } = settings;
    const parts = { group, sites, ports, dataFolder, clock };
    opened.set(group, store.type === 'postgres' ? postgresGroup(parts, store) : redisGroup(parts, store));
  }
  return opened;
}

async function portsOf(file: string, { sites }: GroupSettings): Promise<Readonly<Record<string, number>>> {
  const known = JSON.parse(await readFile(file, 'utf8').catch(() => '{}')) as Readonly<Record<string, number>>;
  const ports: Record<string, number> = {};
  for (const [site, { port }] of Object.entries(sites))
    ports[site] = port !== 0 ? port : (known[site] ?? (await freePort(new Set(Object.values(ports)))));
  if (JSON.stringify(ports) !== JSON.stringify(known)) await writeWhole(file, `${JSON.stringify(ports)}\n`, true);
  return ports;
}
