import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, inject, onTestFinished } from 'vitest';
import { binaries } from '../../adapters/postgres/server/binaries.ts';
import { initCluster } from '../../adapters/postgres/server/init-cluster.ts';
import { openFolder } from '../../adapters/postgres/server/open-folder.ts';
import { hbaOfPeople, type Settings, writeServerConfig } from '../../adapters/postgres/server/server-config.ts';
import { giveTo, serverUser } from '../../adapters/postgres/server/server-user.ts';
import { spawnServer } from '../../adapters/postgres/server/server.ts';
import { awaitAnswer } from '../../adapters/postgres/sql/await-answer.ts';
import { type Sql, type SqlAddress, sqlSession } from '../../adapters/postgres/sql/sql-session.ts';
import { freePort } from '../../adapters/shared/free-port.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A real PostgreSQL of a test: small, on loopback, gone with the test. */
export interface TestCluster {
  readonly data: string;
  readonly address: SqlAddress;
  sql: Sql;
  /** Ends it: `SIGINT` as an operator does, `SIGKILL` as a crash does. */
  end(signal: 'SIGINT' | 'SIGKILL'): Promise<void>;
  start(settings?: Settings): Promise<void>;
}

interface TestClusterOptions {
  /** Its data is there already. */
  readonly isMade?: boolean;
  /** Whether it is started at once; default true. */
  readonly isRunning?: boolean;
  /** Takes what ends it; default: at the end of the test. */
  readonly whenOver?: (end: () => Promise<void>) => void;
  /** Folder of another PostgreSQL's programs; default: the one that npm installed. */
  readonly bin?: string | undefined;
}

export const PASSWORD = 'se cret';

/** A cluster that is new, or whose data is there. */
export async function testCluster(
  folder: string,
  name: string,
  settings: Settings = {},
  { isMade = false, isRunning = true, whenOver = onTestFinished, bin }: TestClusterOptions = {},
): Promise<TestCluster> {
  const user = await serverUser();
  await openFolder(folder, user);
  const place = join(folder, name);
  const [data, config] = [join(place, 'data'), join(place, 'config')];
  await mkdir(place, { recursive: true, mode: 0o711 });
  const found = await binaries(folder, user, bin);
  const usual = found.major < 17 ? small : { ...small, summarize_wal: 'on' };
  if (!isMade) await promisify(execFile)('cp', ['-a', '--reflink=auto', await template(bin), data]);
  await giveTo(user, data);
  const port = await freePort(new Set());
  const address = { port, user: 'postgres', database: 'postgres', password: PASSWORD };
  let child: ChildProcess | undefined;
  const cluster: TestCluster = {
    data,
    address,
    sql: (text, values) => sqlSession(address, 20_000, (sql) => sql(text, values)),
    async end(signal) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
    async start(changed = settings) {
      await writeServerConfig(config, user, { ...usual, ...changed }, hbaOfPeople);
      const running = await spawnServer({ binaries: found, user, data, config, log: join(place, 'log'), port });
      running.ref();
      child = running;
      if (!(await awaitAnswer(address, 20_000, () => running.exitCode !== null)))
        throw new Error(`the cluster in ${place} does not start: see its log`);
    },
  };
  whenOver(() => cluster.end('SIGKILL'));
  if (isRunning) await cluster.start();
  return cluster;
}

/** By the folder of their programs. */
const made = new Map<string, Promise<string>>();

/**
 * One small, empty cluster for all tests of a run, copied by each: initdb takes seconds. They share its system identifier. Each process
 * makes it unless another one has.
 */
function template(bin: string | undefined): Promise<string> {
  const key = bin ?? 'npm';
  const making = made.get(key) ?? findTemplate(key, bin);
  made.set(key, making);
  return making;
}

async function findTemplate(key: string, bin: string | undefined): Promise<string> {
  const data = join(await templateFolder(), key.replaceAll('/', '-'));
  if (existsSync(data)) return data;
  const place = await mkdtemp(`${data}.`);
  await freshCluster(place, join(place, 'cluster', 'data'), bin);
  const cluster = await testCluster(place, 'cluster', {}, { isMade: true, whenOver: whenFileIsOver, bin });
  // Two thirds of a new cluster's files are databases that no test needs.
  await cluster.sql('UPDATE pg_database SET datistemplate = false');
  for (const name of ['template0', 'template1']) await cluster.sql(`DROP DATABASE ${name}`);
  await cluster.end('SIGINT');
  await rename(cluster.data, data).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'ENOTEMPTY' && thrown.code !== 'EEXIST') throw thrown; // another process was faster
  });
  await rm(place, { recursive: true });
  return data;
}

/** That of the run, or of this file where a run has none. */
async function templateFolder(): Promise<string> {
  const shared = inject('templates');
  if (shared !== undefined) return shared;
  const own = await mkdtemp(join(tmpdir(), 'pointsman-template-'));
  templates.push(own);
  return own;
}

const templates: string[] = [];
const atEnd: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const end of atEnd) await end();
  await Promise.all(templates.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** Lets a cluster live as long as the tests of its file. */
export const whenFileIsOver = (end: () => Promise<void>): void => void atEnd.push(end);

/** A folder that is there as long as the tests of its file, and that the server's user can pass. */
export async function fileFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pointsman-file-'));
  templates.push(folder);
  return join(folder, 'postgres');
}

/** Makes an empty cluster with a system identifier of its own. */
export async function freshCluster(folder: string, data: string, bin?: string): Promise<void> {
  const user = await serverUser();
  await openFolder(folder, user);
  await mkdir(dirname(data), { recursive: true, mode: 0o711 });
  const found = await binaries(folder, user, bin);
  await initCluster(found, user, data, { superuser: 'postgres', password: PASSWORD, segmentMb: 1 });
}

/** A folder that the server's user can pass. */
export const clusterFolder = async (): Promise<string> => join(await temporaryFolder(), 'postgres');

const small: Settings = {
  fsync: 'off',
  shared_buffers: '8MB',
  max_connections: '20',
  wal_level: 'replica',
  track_commit_timestamp: 'on',
  log_min_messages: 'warning',
  autovacuum: 'off', // it commits too, at moments that no test expects
};
