import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../../../functions/step-failure.ts';
import { inTurn } from '../../shared/in-turn.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { redisServer, type RedisServer, type ServerFolders } from '../server/redis-server.ts';
import { ADMIN, NO_WRITES, serverConfig } from '../server/server-config.ts';
import type { RedisGroupOptions, RedisSiteOptions } from '../store/group-options.ts';
import { RedisFailure } from '../wire/resp.ts';
import { redisSession, Unanswered, type Redis } from '../wire/redis-session.ts';
import { assertNotPassed, readRecord, writeRecord, type SiteRecord } from './site-record.ts';

/** A site as this process has it in hand. */
export interface KeptSite {
  readonly name: string;
  /** `shop/north`, for messages. */
  readonly label: string;
  readonly folder: string;
  readonly folders: ServerFolders;
  readonly options: RedisSiteOptions;
  readonly server: RedisServer;
  /** @throws StepFailure `Pointsman.NoSuchSite` for one that was never made */
  record(): Promise<SiteRecord>;
  /**
   * Resolves when the change is durable. @param epoch of the order that wants it, where a later one could have come between
   * @throws StepFailure `Pointsman.LeaseLost` when one has
   */
  note(change: Partial<SiteRecord>, epoch?: number): Promise<SiteRecord>;
  /** Shows it an epoch. @throws StepFailure `Pointsman.LeaseLost` for one that has passed */
  accept(epoch: number): Promise<SiteRecord>;
  /** One order after the other. */
  inTurn<T>(run: () => Promise<T>): Promise<T>;
  /** A session of the adapter's own user. @throws Unanswered, RedisFailure */
  admin<T>(withinMs: number, use: (redis: Redis) => Promise<T>): Promise<T>;
  /** As `admin`. @throws StepFailure `Pointsman.SiteUnreachable` instead of Unanswered */
  reach<T>(withinMs: number, use: (redis: Redis) => Promise<T>): Promise<T>;
  /** Empty: clients need none. */
  clientPassword(): Promise<string>;
  /** Writes redis.conf as the record wants it. */
  configure(): Promise<void>;
}

/** What a site needs to know of the group around it. */
export interface SiteSurroundings {
  readonly options: RedisGroupOptions;
  adminPassword(): Promise<string>;
  /** Port at which other sites reach one. */
  portOf(site: string): number | undefined;
}

export function keptSite(
  label: string,
  folder: string,
  own: RedisSiteOptions,
  { options, adminPassword, portOf }: SiteSurroundings,
): KeptSite {
  const folders = { data: join(folder, 'data'), config: join(folder, 'redis.conf'), log: join(folder, 'redis.log') };
  const notes = inTurn();
  const known = async () => {
    const record = await readRecord(folder);
    if (record === undefined) throw new StepFailure('Pointsman.NoSuchSite', `${label} was never made`);
    return record;
  };
  const site: KeptSite = {
    name: own.name,
    label,
    folder,
    folders,
    options: own,
    server: redisServer(folders, options.program),
    record: known,
    inTurn: inTurn(),

    note: (change, epoch) =>
      notes(async () => {
        const before = await known();
        if (epoch !== undefined) assertNotPassed(label, before, epoch);
        const record = { ...before, ...change };
        await writeRecord(folder, record);
        return record;
      }),

    accept: (epoch) =>
      notes(async () => {
        const record = await known();
        assertNotPassed(label, record, epoch);
        if (epoch === record.epoch) return record;
        const shown = { ...record, epoch };
        await writeRecord(folder, shown);
        return shown;
      }),

    admin: async (withinMs, use) =>
      redisSession({ port: own.port, user: ADMIN, password: await adminPassword() }, withinMs, use),

    async reach(withinMs, use) {
      try {
        return await site.admin(withinMs, use);
      } catch (error) {
        if (error instanceof Unanswered || (error instanceof RedisFailure && error.code === 'LOADING'))
          throw unreachable(site, error.message, error);
        throw error;
      }
    },

    clientPassword: async () => (await options.password?.()) ?? '',

    async configure() {
      const record = await known();
      await mkdir(folders.data, { recursive: true, mode: 0o700 });
      const text = serverConfig({
        port: own.port,
        data: await realpath(folders.data),
        appendOnly: record.cleanEnd === null,
        leaderPort: record.role === 'standby' ? leaderPort(record, portOf) : undefined,
        minReplicas: wantedReplicas(record),
        maxLagSeconds: options.selfFenceSeconds ?? 10,
        clientPassword: record.isolated ? undefined : await site.clientPassword(),
        adminPassword: await adminPassword(),
        settings: options.settings ?? {},
      });
      await writeWhole(folders.config, text, true);
    },
  };
  return site;
}

/** A standby's writes are refused anyway; that they still are right after a promotion gives time to note the fork. */
export const wantedReplicas = ({ role, frozen, cleanEnd, guarded }: SiteRecord): number =>
  frozen || cleanEnd !== null || role === 'standby' ? NO_WRITES : guarded ? 1 : 0;

/** Nobody listens on port 1: a detached standby keeps what it has, and gets no more. */
export const leaderPort = ({ leader, detached }: SiteRecord, portOf: (site: string) => number | undefined): number =>
  detached || leader === null ? 1 : (portOf(leader) ?? 1);

export const unreachable = (site: KeptSite, found: string, cause?: unknown): StepFailure =>
  new StepFailure('Pointsman.SiteUnreachable', `${site.label}: ${found}`, { cause });

export const stillWorking = (site: KeptSite, found: string): StepFailure =>
  new StepFailure('Pointsman.StillWorking', `${site.label} ${found}; ask again`);
