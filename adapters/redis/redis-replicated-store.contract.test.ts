import { setTimeout as pause } from 'node:timers/promises';
import { describe } from 'vitest';
import { replicatedStoreContract, type ClientChange } from '../../test/contracts/replicated-store.ts';
import { redisGroup, withoutRedis, type RedisGroup } from '../../test/support/redis-group.ts';
import { RedisFailure, textOf } from './wire/resp.ts';
import type { Redis } from './wire/redis-session.ts';

let group: RedisGroup | undefined;

describe.skipIf(withoutRedis !== '')(`Redis${withoutRedis}`, () =>
  replicatedStoreContract({
    name: 'redisReplicatedStore',
    timeoutMs: 20_000,
    async setup() {
      const made = await redisGroup({ settings: { appendfsync: 'no' } });
      group = made;
      return {
        store: {
          ...made.store,
          // The contract's rows have a number as key; here it is the end of the key's name.
          async lostWrites(...call) {
            const lost = await made.store.lostWrites(...call);
            const numbered = lost.rows.map((row) => ({ ...row, key: { id: idOf(String(row.key['key'])) } }));
            return { ...lost, rows: numbered };
          },
        },
        group: 'shop',
        sites: ['north', 'south'],
        write: (site, changes) => made.client(site, (redis) => commit(redis, changes)),
        rows: (site) => made.client(site, rows),
        holdStream: async (standby) => made.way(standby === 'south' ? 'north' : 'south', 'stalled'),
        releaseStream: async (standby) => made.way(standby === 'south' ? 'north' : 'south', 'through'),
        kill: async (site) => made.signal(site, 'SIGKILL'),
        hang: async (site) => made.signal(site, 'SIGSTOP'),
        heal: async (site) => made.signal(site, 'SIGCONT'),
        pass: (milliseconds) => pause(milliseconds),
      };
    },
    teardown: async () => group?.[Symbol.asyncDispose](),
  }),
);

const keyOf = (id: number) => `entries:${String(id).padStart(6, '0')}`;
const idOf = (key: string) => Number(key.split(':')[1]);

async function commit(redis: Redis, changes: readonly ClientChange[]): Promise<void> {
  const replies = await redis.pipeline([
    ['MULTI'],
    ...changes.map(({ change, id, value = '' }) =>
      change === 'delete' ? ['DEL', keyOf(id)] : ['SET', keyOf(id), value],
    ),
    ['EXEC'],
  ]);
  const refused = replies.find((reply) => reply instanceof RedisFailure);
  if (refused instanceof Error) throw refused;
}

async function rows(redis: Redis) {
  const keys = await redis('KEYS', 'entries:*');
  const names = Array.isArray(keys) ? keys.map(textOf).toSorted() : [];
  const values = await redis.pipeline(names.map((name) => ['GET', name]));
  return names.map((name, index) => ({ id: idOf(name), value: textOf(values[index]) }));
}
