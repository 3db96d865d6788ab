import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sqliteExecutionStore } from '../../adapters/local/execution-store/execution-store.ts';
import { openEndpoints } from '../../adapters/local/router/endpoint/endpoints.ts';
import { systemClock } from '../../adapters/local/system-clock.ts';
import {
  type PostgresBackupEngine,
  postgresBackupEngine,
} from '../../adapters/postgres/backups/postgres-backup-engine.ts';
import { archiveCommand } from '../../adapters/postgres/spool/archive-script.ts';
import { patiently } from '../../adapters/postgres/store/patiently.ts';
import { eventually } from '../support/eventually.ts';
import { names, postgresGroup, type PostgresGroup } from '../support/postgres-group.ts';
import type { Fault, MatrixWorld } from './recovery-matrix.ts';
import { watchedWriter } from './watched-writer.ts';

/** A primary that is alone stops after so long. */
const selfFenceSeconds = 3;
/** Longer than any run of a cell takes. */
const patienceMs = 150_000;

const spoolOf = (base: string, site: string) => join(base, `log-${site}`);

/** What every group of the matrix is made with, and the template that it begins with too. */
export const groupWishes = {
  selfFenceSeconds,
  archiveCommand: (base: string, site: string) => archiveCommand(spoolOf(base, site)),
  prepare: (base: string) => enginesOf(base, () => 1).prepare(),
};

/** Vaults of both sites, under keys of their own. */
function enginesOf(base: string, portOf: (site: string) => number): PostgresBackupEngine {
  const keys = new Map(names.map((site) => [`file:${site}.key`, randomBytes(32).toString('hex')]));
  return postgresBackupEngine({
    group: 'shop',
    sites: Object.fromEntries(
      names.map((site) => [
        site,
        { port: portOf(site), vault: join(base, 'vault', site), key: `file:${site}.key`, spool: spoolOf(base, site) },
      ]),
    ),
    folder: join(base, 'restores'),
    user: 'pointsman',
    database: 'postgres',
    password: 'env:PASSWORD',
    secret: async (reference) => keys.get(reference) ?? 'not a: secret',
    clock: systemClock,
    scratchSettings: { fsync: 'off', shared_buffers: '8MB' },
  });
}

/** A group of real PostgreSQL servers `shop` on `north` and `south`, a real endpoint, and clients that write all the time. */
export async function postgresWorld(like: string): Promise<MatrixWorld> {
  const group = await postgresGroup({ like, ...groupWishes });
  const sites: Readonly<Record<string, number>> = Object.fromEntries(
    group.options.sites.map(({ name, port, reachedAt }) => [name, reachedAt?.sql ?? port]),
  );
  const backups = enginesOf(group.base, (site) => sites[site] ?? 1);
  const state = join(group.base, 'controller');
  await mkdir(state);
  const executions = sqliteExecutionStore(join(state, 'executions.db'));
  const endpoint = await openEndpoints(state, () => undefined);
  const addresses = Object.fromEntries(
    Object.entries(sites).map(([site, port]) => [site, { host: '127.0.0.1', port }]),
  );
  const port = await endpoint.publish('shop', { port: 0, sites: addresses, services: [] });
  await endpoint.change('shop', 0, 0, { site: 'north', sessions: 'open' });
  const writer = watchedWriter(group, endpoint, port);
  const company = setInterval(() => void keepCompany(), 500);
  const keepCompany = async () => {
    await group.store.accompany().catch(() => undefined);
    await backups.archive().catch(() => undefined);
  };
  const began = Date.now();
  const struck = new Map<string, Fault>();
  const order = { id: 'before', group: 'shop', site: 'north', kind: 'full', parent: null, epoch: 0 } as const;
  await patiently(() => backups.take(order));

  const primary = async (): Promise<string> => {
    const { sites: states } = await group.store.observe('shop');
    const claims = states.filter(({ role }) => role === 'primary');
    const newest = claims.toSorted((a, b) => Number(b.received?.branch ?? 0) - Number(a.received?.branch ?? 0))[0];
    return newest?.site ?? [...struck.keys()][0] ?? '';
  };

  return {
    group: 'shop',
    sites: names,
    ports: { store: group.store, endpoint },
    clock: systemClock,
    executions,
    backups,
    breathe: () => pause(4),
    async letTimePass() {
      await pause(100);
      return Date.now() - began < patienceMs;
    },
    async strike(fault, site) {
      if (fault === 'healthy') return;
      struck.set(site, fault);
      if (fault === 'hung') group.signal(site, 'SIGSTOP');
      if (fault === 'killed') group.signal(site, 'SIGKILL');
      if (fault === 'partitioned') group.way(site, 'cut');
      writer.leaveOut(fault === 'hung' ? site : undefined);
    },
    async heal() {
      for (const site of names) {
        group.releaseSender(site);
        group.way(site, 'through');
        group.signal(site, 'SIGCONT');
      }
      writer.leaveOut(undefined);
      await pause(1000);
    },
    noticed: (site) => standbysMiss(group, site),
    hold: async (standby, held) => (held ? group.holdSender(standby) : group.releaseSender(standby)),
    write: writer.write,
    primary,
    async missing() {
      await writer.end();
      const site = await primary();
      await bringUp(group, site);
      await standStill(group);
      const rows = await group.admin(site, (sql) => sql<{ id: number }>('SELECT id::int FROM entries'));
      const there = new Set(rows.map(({ id }) => id));
      return writer.acknowledged.filter((id) => !there.has(id)).toSorted((a, b) => a - b);
    },
    unanswered: writer.unanswered,
    wroteAt: writer.wroteAt,
    writable: writer.writable,
    async broken() {
      const site = await primary();
      return [...writer.broken, ...(await archiveProblems(group, backups, site))];
    },
    async close() {
      clearInterval(company);
      await writer.end();
      await endpoint.close();
      executions.close();
      for (const scratch of ['proof', 'look', 'shop--drill']) await backups.destroy('shop', scratch);
      await group[Symbol.asyncDispose]();
    },
  };
}

/** Until those who follow a site see that nothing comes any more: what a person waits for before a failover. */
async function standbysMiss({ store }: PostgresGroup, site: string): Promise<void> {
  await eventually(
    async () => (await store.observe('shop')).sites.filter(({ follows }) => follows === site),
    (followers) => followers.every(({ stream }) => stream !== 'flowing'),
    20_000,
    100,
  );
}

/** As a person does in the end, when a run gave up and left the primary stopped. */
async function bringUp({ store }: PostgresGroup, site: string): Promise<void> {
  const found = (await store.observe('shop')).sites.find((each) => each.site === site);
  if (found?.reach === 'stopped') await patiently(() => store.start('shop', site, found.epoch));
  await eventually(
    async () => (await store.observe('shop')).sites.find((each) => each.site === site)?.reach,
    (reach) => reach === 'answers',
  );
}

/** Until every standby that gets changes has all of them. */
async function standStill({ store }: PostgresGroup): Promise<void> {
  await eventually(
    async () => (await store.observe('shop')).exposures,
    (exposures) => exposures.every(({ bytes }) => bytes === '0'),
    10_000,
    50,
  );
}

/**
 * Whether the backup from before, with the log of all branches since, still makes what the primary holds now. A site that was
 * away has a hole in its vault until the log is copied there; but no piece may be missing in all of them.
 */
async function archiveProblems(
  { store }: PostgresGroup,
  backups: PostgresBackupEngine,
  primary: string,
): Promise<readonly string[]> {
  const verified = async (site: string) =>
    (await patiently(() => backups.verify('shop', 'before', site))).problems.map((words) => `at ${site}: ${words}`);
  const copy = (from: string, to: string) => patiently(() => backups.copy('shop', 'before', from, to));
  await patiently(() => backups.mark('shop', primary, 'the end'));
  await copy('north', 'south');
  const problems = new Map<string, readonly string[]>();
  for (const site of names) problems.set(site, await verified(site));
  const whole = names.find((site) => problems.get(site)?.length === 0);
  if (whole === undefined) return [...problems.values()].flat();
  for (const site of names)
    if (site !== whole) {
      await copy(whole, site);
      const left = await verified(site);
      if (left.length > 0) return left;
    }
  const branches = await backups.branches('shop', primary);
  const branch = branches.findLast(({ points }) => points.some(({ name }) => name === 'the end'))?.branch;
  if (branch === undefined) return [`the log at ${primary} is not whole until the end: ${JSON.stringify(branches)}`];
  const target = { kind: 'name', name: 'the end' } as const;
  const order = { group: 'shop', site: primary, backup: 'before', target, branch, scratch: 'proof' };
  await patiently(() => backups.restore(order));
  const restored = await patiently(() => backups.inspect('shop', 'proof'));
  const held = await patiently(() => store.contents('shop', primary));
  return JSON.stringify(restored) === JSON.stringify(held) ? [] : ['a restore to the end holds something else'];
}
