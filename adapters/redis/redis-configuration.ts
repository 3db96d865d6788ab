import * as z from 'zod/mini';

/** Where a secret is: `env:NAME` or `file:PATH`. */
const reference = z.string().check(z.regex(/^(env|file):.+/, 'a secret is given as env:NAME or file:PATH'));

/** What `groups.<name>.store` of pointsman.yaml takes for Redis. Places, keys and vaults are the group's, as with any store. */
export const redisStore = z.strictObject({
  type: z.literal('redis'),
  /** Of clients, who are the user `default`; they need none when absent. */
  password: z.optional(reference),
  /** Redis 7 or newer; `redis-server` of the PATH when absent. */
  program: z.optional(z.string()),
  /**
   * A primary that has no word of a standby for so long refuses writes by itself. It then does so also when its standby is lost. It never
   * does when absent.
   */
  selfFenceSeconds: z.optional(z.int().check(z.gte(1))),
  /** Lines of redis.conf for every server, by name: `maxmemory: 2gb`. */
  settings: z._default(
    z.record(z.string().check(z.regex(/^[a-z][a-z0-9-]*$/, 'a name as redis.conf has it')), z.string()),
    {},
  ),
});

export type RedisStoreSettings = z.output<typeof redisStore>;
