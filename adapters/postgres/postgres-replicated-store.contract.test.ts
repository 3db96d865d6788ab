import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { replicatedStoreContract, type ClientChange } from '../../test/contracts/replicated-store.ts';
import { postgresGroup, stoppedGroup, type PostgresGroup } from '../../test/support/postgres-group.ts';
import type { Sql } from './sql/sql-session.ts';

let beginning: Awaited<ReturnType<typeof stoppedGroup>>;
let group: PostgresGroup | undefined;
beforeAll(async () => {
  beginning = await stoppedGroup();
}, 60_000);
afterAll(() => beginning?.[Symbol.asyncDispose]());

const selfFenceSeconds = 5;

replicatedStoreContract({
  name: 'postgresReplicatedStore',
  timeoutMs: 40_000,
  async setup() {
    const made = await postgresGroup({ like: beginning.folder, selfFenceSeconds });
    group = made;
    return {
      store: made.store,
      group: 'shop',
      sites: ['north', 'south'],
      write: (site, changes) => made.client(site, (sql) => commit(sql, changes)),
      rows: (site) =>
        made.client(site, (sql) =>
          sql<{ id: number; value: string }>('SELECT id::int, value FROM entries ORDER BY id'),
        ),
      holdStream: made.holdSender,
      releaseStream: async (standby) => made.releaseSender(standby),
      kill: async (site) => made.signal(site, 'SIGKILL'),
      hang: async (site) => made.signal(site, 'SIGSTOP'),
      async heal(site) {
        made.signal(site, 'SIGCONT');
        made.way(site, 'through');
      },
      partition: async (site) => made.way(site, 'cut'),
      selfStopMs: selfFenceSeconds * 1000 + 3000,
      pass: (milliseconds) => pause(milliseconds),
    };
  },
  teardown: async () => group?.[Symbol.asyncDispose](),
});

async function commit(sql: Sql, changes: readonly ClientChange[]): Promise<void> {
  await sql('BEGIN');
  for (const { change, id, value } of changes)
    if (change === 'insert') await sql('INSERT INTO entries VALUES ($1, $2)', [id, value]);
    else if (change === 'update') await sql('UPDATE entries SET value = $2 WHERE id = $1', [id, value]);
    else await sql('DELETE FROM entries WHERE id = $1', [id]);
  await sql('COMMIT');
}
