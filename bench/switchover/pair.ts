import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { backUpIntoFolder } from '../../adapters/postgres/replication/back-up-into-folder.ts';
import { binaries } from '../../adapters/postgres/server/binaries.ts';
import { disinherit } from '../../adapters/postgres/server/disinherit.ts';
import { initCluster } from '../../adapters/postgres/server/init-cluster.ts';
import { keptServer, type KeptServer } from '../../adapters/postgres/server/kept-server.ts';
import { passableFolder } from '../../adapters/postgres/server/open-folder.ts';
import { hbaOfPeople, type Settings, writeServerConfig } from '../../adapters/postgres/server/server-config.ts';
import { giveTo, serverUser } from '../../adapters/postgres/server/server-user.ts';
import { archiveCommand } from '../../adapters/postgres/spool/archive-script.ts';
import { archiveSettings, walSpool } from '../../adapters/postgres/spool/wal-spool.ts';
import { type SqlAddress, sqlSession } from '../../adapters/postgres/sql/sql-session.ts';
import { freePort } from '../../adapters/shared/free-port.ts';

/** A PostgreSQL server without Pointsman's keeper, slots and address. */
export interface Node {
  readonly name: string;
  readonly data: string;
  readonly address: SqlAddress;
  readonly server: KeptServer;
  /** Writes its configuration; a running server must be told to read it. */
  configure(wanted: { readonly frozen: boolean; readonly follows: Node | undefined }): Promise<void>;
  /** Starts it as a standby of the other; it goes on from where it is. Resolves when changes arrive. */
  follow(leader: Node): Promise<void>;
}

const password = 'only on loopback';

/**
 * What a server does beside serving, by name: nothing; archive its log, as one that can be restored to a moment must; also
 * summarize it, as one of Pointsman's does for incremental backups; the same, and who promotes it wakes its summarizer.
 */
export const pairSettings = {
  plain: () => ({}),
  archiving: (spool: string) => ({ archive_mode: 'on', archive_command: archiveCommand(spool) }),
  same: archiveSettings,
  woken: archiveSettings,
} satisfies Record<string, (spool: string) => Settings>;

/** A primary and its streaming standby, and what ends and deletes both. */
export async function startPair(
  settings: (spool: string) => Settings,
): Promise<{ readonly nodes: readonly [Node, Node]; end(): Promise<void> }> {
  const user = await serverUser();
  const folder = await mkdtemp(join(tmpdir(), 'pointsman-bench-'));
  await passableFolder(folder);
  const programs = await binaries(folder, user, undefined);
  const ports: number[] = [];

  async function node(name: string): Promise<Node> {
    const place = join(folder, name);
    await mkdir(place, { mode: 0o711 });
    const [data, config, log] = [join(place, 'data'), join(place, 'config'), join(place, 'log')];
    const port = await freePort(new Set(ports));
    ports.push(port);
    const spool = join(place, 'spool');
    await walSpool(spool).prepare(user);
    const server = keptServer({ binaries: programs, user, data, config, log, port });
    const self: Node = {
      name,
      data,
      server,
      address: { port, user: 'bench', database: 'postgres', password },
      configure: ({ frozen, follows }) =>
        writeServerConfig(
          config,
          user,
          {
            cluster_name: name,
            wal_level: 'replica',
            wal_log_hints: 'on',
            wal_keep_size: '64MB',
            wal_retrieve_retry_interval: '200ms',
            ...settings(spool),
            default_transaction_read_only: frozen ? 'on' : 'off',
            primary_conninfo:
              follows === undefined
                ? ''
                : `host=127.0.0.1 port=${follows.address.port} user=bench password='${password}' application_name=${name}`,
          },
          hbaOfPeople,
        ),
      async follow(leader) {
        await self.configure({ frozen: false, follows: leader });
        await writeFile(join(data, 'standby.signal'), '');
        await giveTo(user, join(data, 'standby.signal'));
        await server.start();
        await answering(self, `SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming'`);
      },
    };
    return self;
  }

  const [first, second] = [await node('first'), await node('second')];
  const end = async () => {
    for (const { server } of [first, second]) await server.kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await initCluster(programs, user, first.data, { superuser: 'bench', password, segmentMb: 1 });
    await first.configure({ frozen: false, follows: undefined });
    await first.server.start();
    await answering(first, 'SELECT');
    await sqlSession(first.address, 10_000, (sql) => sql('CREATE TABLE written (id bigint PRIMARY KEY, note text)'));
    await backUpIntoFolder({ ...first.address, host: '127.0.0.1' }, second.data);
    await giveTo(user, second.data);
    await disinherit(second.data, user);
    await second.follow(first);
    return { nodes: [first, second], end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Until a query gives a row. */
async function answering({ name, address }: Node, query: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await pause(20)) {
    const isThere = await sqlSession(address, 1000, (sql) => sql(query)).then(
      (rows) => rows.length > 0,
      () => false,
    );
    if (isThere) return;
    if (Date.now() > deadline) throw new Error(`${name} does not answer`);
  }
}
