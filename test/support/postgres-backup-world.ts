import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { endScratch } from '../../adapters/postgres/backups/scratch-server.ts';
import { flipByte } from './flip-byte.ts';
import {
  type PostgresBackupEngine,
  postgresBackupEngine,
} from '../../adapters/postgres/backups/postgres-backup-engine.ts';
import type { PostgresBackupOptions } from '../../adapters/postgres/backups/options.ts';
import { backUpIntoFolder } from '../../adapters/postgres/replication/back-up-into-folder.ts';
import { openFolder } from '../../adapters/postgres/server/open-folder.ts';
import { serverUser } from '../../adapters/postgres/server/server-user.ts';
import { archiveSettings, walSpool } from '../../adapters/postgres/spool/wal-spool.ts';
import { readContents } from '../../adapters/postgres/sql/read-contents.ts';
import { sqlSession } from '../../adapters/postgres/sql/sql-session.ts';
import type { BackupWorld, Damage } from '../contracts/backup-engine.ts';
import {
  clusterFolder,
  fileFolder,
  PASSWORD,
  testCluster,
  type TestCluster,
  whenFileIsOver,
} from './postgres-cluster.ts';

/** Two sites, `a` with a running primary and `b` with an empty vault, real in all but their size. */
export interface PostgresBackupWorld extends BackupWorld {
  readonly engine: PostgresBackupEngine;
  readonly folder: string;
  readonly vault: (site: string) => string;
  /** Paths of the archived files of the log at a site, sorted by name. */
  archived(site: string): Promise<readonly string[]>;
  server(): TestCluster;
  /** Starts a standby at `b`, or gives the one that runs. */
  standBy(): Promise<TestCluster>;
  readonly secrets: Map<string, string>;
  readonly options: PostgresBackupOptions;
  /** An engine as another process has it, which knows nothing of the first. */
  again(): PostgresBackupEngine;
}

/** The primary of all worlds of a file, until one kills it. Each world empties it and has vaults of its own. */
let shared: Promise<{ readonly folder: string; readonly cluster: TestCluster }> | undefined;

async function sharedPrimary() {
  const folder = await fileFolder();
  const spool = join(folder, 'spool-a');
  const cluster = await testCluster(folder, 'a', archiveSettings(spool), {
    isRunning: false,
    whenOver: whenFileIsOver,
  });
  await walSpool(spool).prepare(await serverUser());
  await cluster.start();
  return { folder, cluster };
}

/** Leaves nothing of the world before: no table, and nothing that is still to be archived. */
async function emptied({ folder, cluster }: Awaited<ReturnType<typeof sharedPrimary>>): Promise<void> {
  await cluster.sql('DROP TABLE IF EXISTS orders, notes');
  const [end] = await cluster.sql<{ file: string }>('SELECT pg_walfile_name(pg_switch_wal()) AS file');
  await archivedUpTo(cluster, end?.file ?? '');
  for (const name of await readdir(join(folder, 'spool-a')))
    if (/^\d+$/.test(name)) await rm(join(folder, 'spool-a', name), { recursive: true });
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

export async function postgresBackupWorld(): Promise<PostgresBackupWorld> {
  const folder = await clusterFolder();
  shared ??= sharedPrimary();
  const { cluster: a, folder: sharedFolder } = await shared;
  await emptied(await shared);
  const vault = (site: string) => join(folder, `vault-${site}`);
  const spool = (site: string) => (site === 'a' ? join(sharedFolder, 'spool-a') : join(folder, `spool-${site}`));
  const keyOf = () => randomBytes(32).toString('hex');
  const secrets = new Map([
    ['env:PASSWORD', PASSWORD],
    ['file:a.key', keyOf()],
    ['file:b.key', keyOf()],
  ]);
  const lockHours: Record<string, number> = {};
  let primary = a;
  const ports: Record<string, number> = { a: a.address.port, b: 1 };
  const site = (name: string) => ({
    get port() {
      return ports[name] ?? 1;
    },
    vault: vault(name),
    key: `file:${name}.key`,
    spool: spool(name),
    get lockHours() {
      return lockHours[name];
    },
  });
  const sites = { a: site('a'), b: site('b') };
  const options: PostgresBackupOptions = {
    group: 'shop',
    sites,
    folder: join(folder, 'restores'),
    user: 'postgres',
    database: 'postgres',
    password: 'env:PASSWORD',
    secret: async (reference) => secrets.get(reference) ?? Promise.reject(new Error(`${reference} leads nowhere`)),
    clock: { now: Date.now },
    scratchSettings: { fsync: 'off', shared_buffers: '8MB' },
  };
  const engine = postgresBackupEngine(options);
  onTestFinished(async () => {
    const scratches = join(options.folder, 'scratch');
    for (const scratch of await readdir(scratches).catch(() => [])) await endScratch(join(scratches, scratch));
  });
  await openFolder(folder, await serverUser());
  await engine.prepare();
  await a.sql('CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY, note text NOT NULL)');

  const archived = async (name: string) =>
    (await readdir(join(vault(name), 'log'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();

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
    return testCluster(folder, 'b', { ...archiveSettings(spool('b')), ...follow }, { isMade: true });
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

  async function damage(kind: Damage, id: string, name: string): Promise<void> {
    const backup = join(vault(name), 'backups', id);
    const segments = (await archived(name)).filter((path) => /[0-9A-F]{24}\.sealed$/.test(path));
    const found = (await engine.list('shop', name)).find((each) => each.id === id);
    const number = BigInt(found?.from.offset ?? 0) / 1_048_576n;
    const needed =
      segments.find((path) => path.endsWith(`${number.toString(16).toUpperCase().padStart(8, '0')}.sealed`)) ?? '';
    switch (kind) {
      case 'flipped-byte':
        return flipByte(join(backup, 'base.tar.sealed'), 5_000_000);
      case 'missing-manifest':
        return rm(join(backup, 'manifest.json'));
      case 'missing-segment':
        return rm(needed);
      case 'cut-archive':
        return truncate(needed, Math.floor((await stat(needed)).size / 2));
      case 'wrong-key':
        return void secrets.set(`file:${name}.key`, keyOf());
    }
  }

  return {
    engine,
    group: 'shop',
    primary: 'a',
    other: 'b',
    folder,
    vault,
    archived,
    secrets,
    options,
    again: () => postgresBackupEngine(options),
    server: () => primary,
    write,
    damage,
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
      await standby.start(archiveSettings(spool('b')));
      await standby.sql('SELECT pg_promote(true)');
      ports['b'] = standby.address.port;
      primary = standby;
      for (const { id } of await engine.list('shop', 'a')) await engine.copy('shop', id, 'a', 'b');
      return { site: 'b', at };
    },
  };
}
