import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { keeperProcesses } from '../../adapters/postgres/keeper/ensure-keeper.ts';
import { openKeeper, type Keeper } from '../../adapters/postgres/keeper/keeper.ts';
import { listenKeeper } from '../../adapters/postgres/keeper/listen-keeper.ts';
import { siteFolders } from '../../adapters/postgres/keeper/site-setup.ts';
import {
  postgresReplicatedStore,
  type PostgresReplicatedStore,
} from '../../adapters/postgres/postgres-replicated-store.ts';
import { processesBelow, processesIn } from '../../adapters/postgres/server/kept-server.ts';
import { sqlSession, type Sql } from '../../adapters/postgres/sql/sql-session.ts';
import type { KeeperHost, PostgresGroupOptions } from '../../adapters/postgres/store/group-options.ts';
import { freePort } from '../../adapters/shared/free-port.ts';
import { eventually } from './eventually.ts';
import { tcpSwitch, type TcpSwitch } from './tcp-switch.ts';

export const names = ['north', 'south'] as const;
type Name = string;

/** A group of real servers, with everything that can happen to them. */
export interface PostgresGroup extends AsyncDisposable {
  readonly store: PostgresReplicatedStore;
  readonly options: PostgresGroupOptions;
  /** What holds all of it; gone with it. */
  readonly base: string;
  folderOf(site: Name): string;
  /** Through no switch, as a client beside the site: role `client`, who owns the table `entries (id, value)`. */
  client<T>(site: Name, use: (sql: Sql) => Promise<T>, withinMs?: number): Promise<T>;
  /** As superuser. */
  admin<T>(site: Name, use: (sql: Sql) => Promise<T>): Promise<T>;
  /** Sends a signal to every process of the site's server. */
  signal(site: Name, signal: NodeJS.Signals): void;
  /** Of the way from controller and other sites to the site's server and keeper. */
  way(site: Name, mode: 'through' | 'cut' | 'stalled'): void;
  /** Stops what sends changes to the standby; and lets it go on. */
  holdSender(standby: Name): Promise<void>;
  releaseSender(standby: Name): void;
  /** Ends the site's keeper; its server runs on. */
  dropKeeper(site: Name): Promise<void>;
}

interface GroupWishes extends Partial<Omit<PostgresGroupOptions, 'folder' | 'group' | 'sites' | 'password'>> {
  /** Folder of a stopped group to begin with, as `stoppedGroup` made it. */
  readonly like?: string;
  /** Of a site, with the folder that holds all of this group. */
  readonly archiveCommand?: (folder: string, site: Name) => string;
  /** Before anything starts, with the same folder. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** Keepers as processes of their own. Default false: in this process, which is quicker. */
  readonly ownProcesses?: boolean;
}

const password = async () => 'not a: secret';

export async function postgresGroup({
  like,
  archiveCommand,
  prepare,
  ownProcesses,
  ...wishes
}: GroupWishes = {}): Promise<PostgresGroup> {
  const base = await mkdtemp(join(tmpdir(), 'pointsman-pg-'));
  const folder = join(base, 'postgres');
  if (like !== undefined) await promisify(execFile)('cp', ['-a', '--reflink=auto', like, folder]);
  const kept = new Map<string, { readonly keeper: Keeper; readonly server: Server }>();
  const switches = new Map<string, { readonly sql: TcpSwitch; readonly keeper: TcpSwitch }>();
  const ports = new Map<string, number>();
  const folderOf = (site: Name) => join(folder, 'shop', site);
  for (const name of names) {
    const port = await freePort(new Set(ports.values()));
    ports.set(name, port);
    const control = async () =>
      (JSON.parse(await readFile(join(siteFolders(folderOf(name)).keeper, 'control.json'), 'utf8')) as { port: number })
        .port;
    switches.set(name, { sql: await tcpSwitch(() => port), keeper: await tcpSwitch(control) });
  }
  const keepers: KeeperHost = {
    async ensure(siteFolder) {
      if (kept.has(siteFolder)) return;
      const keeper = await openKeeper(siteFolder);
      kept.set(siteFolder, { keeper, server: await listenKeeper(keeper, siteFolders(siteFolder).keeper, 0) });
    },
    isAlive: async (siteFolder) => kept.has(siteFolder),
    async end(siteFolder) {
      const found = kept.get(siteFolder);
      kept.delete(siteFolder);
      found?.keeper.close();
      found?.server.closeAllConnections();
      found?.server.close();
    },
  };
  const options: PostgresGroupOptions = {
    folder,
    group: 'shop',
    sites: names.map((name) => {
      const { sql, keeper } = switches.get(name) ?? {};
      return {
        name,
        port: ports.get(name) ?? 0,
        reachedAt: { sql: sql?.port ?? 0, keeper: keeper?.port ?? 0 },
        ...(archiveCommand === undefined ? {} : { archiveCommand: archiveCommand(base, name) }),
      };
    }),
    password,
    segmentMb: 1,
    ...wishes,
    settings: {
      fsync: 'off',
      autovacuum: 'off',
      shared_buffers: '16MB',
      ...(wishes.bin === undefined ? { io_method: 'sync' } : {}),
      ...wishes.settings,
    },
    ...(ownProcesses ? {} : { keepers }),
  };
  const store = postgresReplicatedStore(options);
  const addressOf = (site: Name) => ({ port: ports.get(site) ?? 0, user: 'pointsman', database: 'postgres' });
  const stoppedSenders = new Map<string, number>();

  const group: PostgresGroup = {
    store,
    options,
    base,
    folderOf,
    client: (site, use, withinMs = 1500) =>
      sqlSession({ ...addressOf(site), user: 'client', password: 'client' }, withinMs, use),
    admin: async (site, use) => sqlSession({ ...addressOf(site), password: await password() }, 5000, use),
    signal(site, signal) {
      for (const pid of processesIn(siteFolders(folderOf(site)).data)) send(pid, signal);
    },
    way(site, mode) {
      switches.get(site)?.sql.set(mode);
      switches.get(site)?.keeper.set(mode);
    },
    async holdSender(standby) {
      for (const name of names) {
        const query = 'SELECT pid FROM pg_stat_replication WHERE application_name = $1';
        const found = name === standby ? [] : await group.admin(name, (sql) => sql<{ pid: number }>(query, [standby]));
        for (const { pid } of found) {
          process.kill(pid, 'SIGSTOP');
          stoppedSenders.set(standby, pid);
        }
      }
    },
    releaseSender(standby) {
      const pid = stoppedSenders.get(standby);
      stoppedSenders.delete(standby);
      if (pid !== undefined) send(pid, 'SIGCONT');
    },
    dropKeeper: (site) => (options.keepers ?? keeperProcesses).end(folderOf(site)),
    async [Symbol.asyncDispose]() {
      for (const siteFolder of [...names.map(folderOf), ...kept.keys()])
        await (options.keepers ?? keeperProcesses).end(siteFolder);
      await endServers(folder);
      for (const { sql, keeper } of switches.values()) {
        await sql[Symbol.asyncDispose]();
        await keeper[Symbol.asyncDispose]();
      }
      await rm(base, { recursive: true, force: true });
    },
  };
  try {
    await prepare?.(base);
    await store.startGroup();
    if (like === undefined) await group.admin('north', makeTable);
    await allThere(group);
  } catch (error) {
    await group[Symbol.asyncDispose]();
    throw error;
  }
  return group;
}

/** A group that was made, filled with the table, and ended politely: the beginning of others, for each its copy. */
export async function stoppedGroup(wishes: GroupWishes = {}): Promise<{ readonly folder: string } & AsyncDisposable> {
  const base = await mkdtemp(join(tmpdir(), 'pointsman-pg-'));
  const folder = join(base, 'postgres');
  await mkdir(folder, { mode: 0o711 });
  {
    await using group = await postgresGroup(wishes);
    for (const site of names) {
      const { data } = siteFolders(group.folderOf(site));
      const [pid] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
      process.kill(Number(pid), 'SIGINT');
      await eventually(
        () => processesIn(data).length,
        (left) => left === 0,
      );
      await group.dropKeeper(site);
    }
    await rm(folder, { recursive: true });
    await promisify(execFile)('cp', ['-a', '--reflink=auto', group.options.folder, folder]);
  }
  return { folder, [Symbol.asyncDispose]: () => rm(base, { recursive: true, force: true }) };
}

const makeTable = async (sql: Sql) => {
  await sql(`CREATE ROLE client LOGIN PASSWORD 'client'`);
  await sql('CREATE TABLE entries (id bigint PRIMARY KEY, value text)');
  await sql('ALTER TABLE entries OWNER TO client');
};

async function allThere({ store }: PostgresGroup): Promise<void> {
  await eventually(
    () => store.observe('shop'),
    ({ sites, exposures }) =>
      sites.every(({ reach }) => reach === 'answers') &&
      sites.some(({ stream }) => stream === 'flowing') &&
      exposures.every(({ bytes }) => bytes === '0'),
    30_000,
    100,
  );
}

/** Everything that works below the folder, stopped or not. */
async function endServers(folder: string): Promise<void> {
  for (let left = processesBelow(folder); left.length > 0; left = processesBelow(folder)) {
    for (const pid of left) send(pid, 'SIGKILL');
    await pause(5);
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // it ended just now
  }
}
