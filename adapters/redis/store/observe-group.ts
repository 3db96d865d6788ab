import { stat } from 'node:fs/promises';
import { bytesBetween } from '../../../functions/ports/recovery/position.ts';
import type { Exposure, GroupState, SiteState } from '../../../functions/ports/recovery/replicated-store.ts';
import type { KeptSite } from '../site/kept-site.ts';
import { replicationFacts, type ReplicationFacts } from '../site/replication-facts.ts';
import { readRecord, type SiteRecord } from '../site/site-record.ts';
import { textOf } from '../wire/resp.ts';
import type { Redis } from '../wire/redis-session.ts';
import type { GroupPlace } from './group-place.ts';

/** A primary pings its standbys every 10 seconds; one that is silent for longer is not there. */
const SILENT_SECONDS = 21;

interface Facts extends ReplicationFacts {
  readonly minReplicas: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

export async function observeGroup(place: GroupPlace): Promise<GroupState> {
  const seen = await Promise.all(place.sites.map(observeSite));
  const sites = seen.map(({ state }) => state);
  return { group: place.group, sites, exposures: exposuresOf(seen), at: Date.now() };
}

interface Seen {
  readonly state: SiteState;
  readonly facts: Facts | undefined;
}

async function observeSite(site: KeptSite): Promise<Seen> {
  const record = await readRecord(site.folder);
  const facts = record && (await site.admin(1000, (redis) => serverFacts(redis)).catch(() => undefined));
  return { state: await stateOf(site, record, facts), facts };
}

async function stateOf(site: KeptSite, record: SiteRecord | undefined, facts: Facts | undefined): Promise<SiteState> {
  const isRunning = site.server.pid() !== undefined;
  const hasData = await stat(site.folders.data).then(
    () => true,
    () => false,
  );
  const reach = facts ? 'answers' : isRunning ? 'silent' : hasData ? 'stopped' : 'absent';
  const role = facts?.role ?? record?.role ?? 'unknown';
  const isStandby = role === 'standby';
  const isFlowing = facts?.isLinked === true && facts.silentSeconds < SILENT_SECONDS;
  return {
    site: site.name,
    reach,
    role,
    writes: reach === 'silent' ? 'unknown' : facts && !refusesWrites(facts, record) ? 'accepted' : 'refused',
    lineage: hasData ? record?.lineage : undefined,
    received: facts?.end ?? record?.cleanEnd ?? undefined,
    applied: facts?.end,
    follows: isStandby ? (record?.leader ?? undefined) : undefined,
    stream: !isStandby ? 'none' : isFlowing ? 'flowing' : 'broken',
    lastChangeAt: undefined, // Redis does not keep it
    epoch: record?.epoch ?? 0,
    settings: facts?.settings ?? {},
    warnings: [
      ...(facts?.warnings ?? []),
      ...(record?.detached ? ['it takes no changes: a fence expects its primary to stop'] : []),
    ],
  };
}

const refusesWrites = (facts: Facts, record: SiteRecord | undefined): boolean =>
  facts.role === 'standby' || record?.isolated === true || (facts.goodStandbys ?? 0) < facts.minReplicas;

/** What must be alike on every site. */
const SETTINGS = ['maxmemory', 'maxmemory-policy', 'databases', 'appendfsync', 'aof-timestamp-enabled', 'save'];

async function serverFacts(redis: Redis): Promise<Facts> {
  const [facts, server, persistence, config] = [
    await replicationFacts(redis),
    await redis.info('server'),
    await redis.info('persistence'),
    await redis('CONFIG', 'GET', 'min-replicas-to-write', ...SETTINGS),
  ];
  const words = Array.isArray(config) ? config.map(textOf) : [];
  const value = (name: string) => words[words.indexOf(name) + 1] ?? '';
  const troubles = [
    persistence['aof_last_write_status'] === 'err' && 'its append-only file cannot be written: is the disk full?',
    persistence['aof_last_bgrewrite_status'] === 'err' && 'its append-only file could not be rewritten',
    persistence['rdb_last_bgsave_status'] === 'err' && 'its last save to disk failed (rdb_last_bgsave_status: err)',
    value('appendfsync') !== 'always' &&
      `appendfsync is ${value('appendfsync')}: a crash loses what it acknowledged last`,
  ];
  return {
    ...facts,
    minReplicas: Number(value('min-replicas-to-write')),
    settings: {
      version: server['redis_version'] ?? '',
      ...Object.fromEntries(SETTINGS.map((name) => [name, value(name)])),
    },
    warnings: troubles.filter((trouble) => trouble !== false),
  };
}

/** Bytes of the stream, pings among them; commits are not counted there. */
function exposuresOf(seen: readonly Seen[]): readonly Exposure[] {
  const primary = seen.find(({ facts }) => facts?.role === 'primary');
  if (primary?.facts === undefined) return [];
  const { end, parent, lagSeconds } = primary.facts;
  return seen.flatMap(({ state: { site, received }, facts }): Exposure[] => {
    if (facts?.role !== 'standby' || received === undefined) return [];
    if (![end.branch, parent?.branch].includes(received.branch)) return [];
    const bytes = bytesBetween(received, end);
    return [{ site, bytes: String(bytes > 0n ? bytes : 0n), seconds: bytes > 0n ? lagSeconds : 0, commits: undefined }];
  });
}
