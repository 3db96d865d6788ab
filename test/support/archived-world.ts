import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { GroupOptions, SiteOptions } from '../../adapters/postgres/backups/options.ts';
import type { ArchivingBackupEngine } from '../../adapters/postgres/backups/postgres-backup-engine.ts';
import { endScratch } from '../../adapters/postgres/backups/scratch-server.ts';
import { backUpIntoFolder } from '../../adapters/postgres/replication/back-up-into-folder.ts';
import { openFolder } from '../../adapters/postgres/server/open-folder.ts';
import type { Settings } from '../../adapters/postgres/server/server-config.ts';
import { serverUser } from '../../adapters/postgres/server/server-user.ts';
import { readContents } from '../../adapters/postgres/sql/read-contents.ts';
import { sqlSession } from '../../adapters/postgres/sql/sql-session.ts';
import type { BackupWorld } from '../contracts/backup-engine.ts';
import { asked } from './asked.ts';
import {
  clusterFolder,
  fileFolder,
  PASSWORD,
  testCluster,
  type TestCluster,
  whenFileIsOver,
} from './postgres-cluster.ts';

/** Two sites of PostgreSQL, `a` with a running primary and `b` with an empty vault. */
export interface ArchivedWorld<E extends ArchivingBackupEngine, S extends SiteOptions> extends BackupWorld {
  readonly engine: E;
  readonly folder: string;
  readonly vault: (site: string) => string;
  server(): TestCluster;
  /** Starts a standby at `b`, or gives the one that runs. */
  standBy(): Promise<TestCluster>;
  readonly secrets: Map<string, string>;
  readonly options: GroupOptions<S>;
  /** An engine as another process has it, which knows nothing of the first. */
  again(): E;
}

/** How an engine's servers archive. `place` is a folder of the site for it. */
export interface Archiving<E, S extends SiteOptions> {
  /** Folder of the servers' programs; those that npm installed when undefined. */
  readonly bin: string | undefined;
  archiving(place: string): Settings;
  /** Before the first server starts. */
  begin(place: string): Promise<void>;
  /** Leaves nothing in it of the world before. */
  empty(place: string): Promise<void>;
  /** What the engine is told of a site beside what all are. */
  site(place: string, data: string): Omit<S, keyof SiteOptions>;
  engine(options: GroupOptions<S>): E;
}

/** Gives what makes a world; the worlds of a file share their first primary, which each of them empties. */
export function archivedWorlds<E extends ArchivingBackupEngine, S extends SiteOptions>(how: Archiving<E, S>) {
  /** Until one world kills it. */
  let shared: Promise<{ readonly place: string; readonly cluster: TestCluster }> | undefined;

  async function sharedPrimary() {
    const folder = await fileFolder();
    const place = join(folder, 'archiving-a');
    const { bin } = how;
    const cluster = await testCluster(folder, 'a', how.archiving(place), {
      isRunning: false,
      whenOver: whenFileIsOver,
      bin,
    });
    await how.begin(place);
    await cluster.start();
    return { place, cluster };
  }

  return async (): Promise<ArchivedWorld<E, S>> => {
    const folder = await clusterFolder();
    shared ??= sharedPrimary();
    const { cluster: a, place: placeOfA } = await shared;
    const vault = (site: string) => join(folder, `vault-${site}`);
    const placeOf = (site: string) => (site === 'a' ? placeOfA : join(folder, `archiving-${site}`));
    const dataOf = (site: string) => (site === 'a' ? a.data : join(folder, site, 'data'));
    const keyOf = () => randomBytes(32).toString('hex');
    const secrets = new Map([
      ['env:PASSWORD', PASSWORD],
      ['file:a.key', keyOf()],
      ['file:b.key', keyOf()],
    ]);
    const lockHours: Record<string, number> = {};
    let primary = a;
    const ports: Record<string, number> = { a: a.address.port, b: 1 };
    const site = (name: string) =>
      Object.defineProperties(
        { ...how.site(placeOf(name), dataOf(name)), vault: vault(name), key: `file:${name}.key` },
        {
          port: { get: () => ports[name] ?? 1, enumerable: true },
          lockHours: { get: () => lockHours[name], enumerable: true },
        },
      ) as unknown as S;
    const options: GroupOptions<S> = {
      group: 'shop',
      sites: { a: site('a'), b: site('b') },
      folder: join(folder, 'restores'),
      user: 'postgres',
      database: 'postgres',
      password: 'env:PASSWORD',
      secret: async (reference) => secrets.get(reference) ?? Promise.reject(new Error(`${reference} leads nowhere`)),
      clock: { now: Date.now },
      bin: how.bin,
      scratchSettings: { fsync: 'off', shared_buffers: '8MB' },
    };
    const engine = how.engine(options);
    onTestFinished(async () => {
      const scratches = join(options.folder, 'scratch');
      for (const scratch of await readdir(scratches).catch(() => [])) await endScratch(join(scratches, scratch));
    });
    await openFolder(folder, await serverUser());
    await engine.prepare();
    await emptied();

    /** Leaves nothing of the world before: no table, and nothing that is still to be archived. */
    async function emptied(): Promise<void> {
      await a.sql('DROP TABLE IF EXISTS orders, notes');
      const [end] = await a.sql<{ file: string }>('SELECT pg_walfile_name(pg_switch_wal()) AS file');
      await archivedUpTo(a, end?.file ?? '');
      await how.empty(placeOfA);
      await a.sql('CREATE TABLE orders (id int PRIMARY KEY, note text NOT NULL)');
    }

    /** Commits, ends the segment and waits until it is archived. */
    async function write(ids: readonly number[], cluster = primary): Promise<number> {
      const rows = ids.map((id) => `(${id}, 'order ${id}')`).join(', ');
      await cluster.sql(`INSERT INTO orders VALUES ${rows}`);
      const [at] = await cluster.sql<{ ms: string; file: string }>(
        `SELECT ceil(extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000)::text AS ms, pg_walfile_name(pg_switch_wal()) AS file
           FROM orders WHERE id = ${ids.at(-1)}`,
      );
      await archivedUpTo(cluster, at?.file ?? '', engine.archive);
      await engine.archive();
      return Number(at?.ms);
    }

    let following: Promise<TestCluster> | undefined;

    function standBy(): Promise<TestCluster> {
      following ??= startStandby();
      return following;
    }

    async function startStandby(): Promise<TestCluster> {
      const place = join(folder, 'b');
      await mkdir(place, { mode: 0o711 });
      await backUpIntoFolder({ host: '127.0.0.1', ...a.address }, join(place, 'data'));
      await writeFile(join(place, 'data', 'standby.signal'), '');
      const follow = { primary_conninfo: `host=127.0.0.1 port=${a.address.port} user=postgres password='${PASSWORD}'` };
      const settings = { ...how.archiving(placeOf('b')), ...follow };
      const standby = await testCluster(folder, 'b', settings, { isMade: true, isRunning: false, bin: how.bin });
      ports['b'] = standby.address.port;
      await engine.prepare();
      await standby.start();
      return standby;
    }

    /** Until the standby has replayed what the primary has flushed. */
    async function caughtUp(standby: TestCluster): Promise<void> {
      const [end] = await a.sql('SELECT pg_current_wal_flush_lsn() AS lsn');
      for (let tries = 0; tries < 1000; tries++) {
        const [seen] = await standby.sql('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS done', [end?.['lsn']]);
        if (seen?.['done'] === true) return;
        await pause(20);
      }
      throw new Error('the standby does not catch up');
    }

    return {
      engine,
      group: 'shop',
      primary: 'a',
      other: 'b',
      folder,
      vault,
      secrets,
      options,
      again: () => how.engine(options),
      server: () => primary,
      write,
      contents: () => sqlSession(primary.address, 10_000, readContents),
      async lock(name) {
        lockHours[name] = 24;
      },
      standBy,
      async failOver(lost) {
        const standby = await standBy();
        await caughtUp(standby);
        await standby.end('SIGINT'); // gets no more
        const at = await write(lost, a);
        shared = undefined;
        await a.end('SIGKILL');
        await standby.start(how.archiving(placeOf('b')));
        await standby.sql('SELECT pg_promote(true)');
        primary = standby;
        for (const { id } of await engine.list('shop', 'a')) await asked(() => engine.copy('shop', id, 'a', 'b'));
        return { site: 'b', at };
      },
    };
  };
}

async function archivedUpTo(
  cluster: TestCluster,
  file: string,
  meanwhile = async (): Promise<unknown> => undefined,
): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    await meanwhile();
    const [seen] = await cluster.sql<{ last: string | null }>('SELECT last_archived_wal AS last FROM pg_stat_archiver');
    if ((seen?.last ?? '') >= file) return;
    await pause(20);
  }
  throw new Error(`${file} is not archived`);
}
