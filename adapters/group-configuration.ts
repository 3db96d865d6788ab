import * as z from 'zod/mini';
import { planSettings } from './plan-settings.ts';
import { redisStore } from './redis/redis-configuration.ts';

// What `groups:` of pointsman.yaml takes: protected groups, a store on two or more sites each.

/** Of groups, sites and services. */
const name = z.string().check(z.regex(/^[a-z0-9-]{1,40}$/, 'a name is lower-case letters, digits and "-", at most 40'));
/** Where a secret is: `env:NAME` or `file:PATH`. */
const reference = z.string().check(z.regex(/^(env|file):.+/, 'a secret is given as env:NAME or file:PATH'));
const port = z.int().check(z.gte(0), z.lte(65_535));
const positive = (fallback: number) => z._default(z.number().check(z.positive()), fallback);

const postgresStore = z.strictObject({
  type: z.literal('postgres'),
  database: z._default(name, 'app'),
  /** Made with the group, to make others for the applications; its password is never changed afterwards. */
  superuser: z._default(name, 'pointsman'),
  password: reference,
  /** Folder of `postgres`, `initdb` and `pg_ctl`; the one that npm brought when absent. */
  binaries: z.optional(z.string()),
  /** System user that runs it when the host runs as root. */
  runAs: z._default(z.string(), 'nobody'),
  /** A primary that hears neither host nor standby for this long stops by itself. */
  selfFenceSeconds: positive(20),
  /** Commits wait until a standby has them. Nothing is lost then unless clients cancel while they wait. */
  synchronous: z._default(z.boolean(), false),
  /** Size of a file of the log in MB, a power of two; small ones are archived sooner. */
  segmentMb: z._default(z.int().check(z.gte(1), z.lte(1024)), 16),
  /**
   * `pgbackrest` lets pgBackRest, of the PATH, take and keep the backups: it knows the PostgreSQL that `binaries` names, or does not start.
   * A vault that was begun one way is not read the other way.
   */
  backups: z._default(z.enum(['built-in', 'pgbackrest']), 'built-in'),
});

export const group = z.strictObject({
  /** Address of the store for its clients on this machine; 0 takes any free port. */
  port: z._default(port, 0),
  store: z.discriminatedUnion('type', [postgresStore, redisStore]),
  /** In the order in which they are preferred; the first is home. */
  sites: z.record(
    name,
    z.strictObject({
      port: z._default(port, 0),
      /** Key that the site's backups are encrypted with: 32 random bytes in hex, as `openssl rand -hex 32` makes them. */
      key: reference,
      /** For how long nobody can remove its backups. */
      lockHours: z.optional(z.number().check(z.positive())),
    }),
  ),
  ...planSettings,
});

export type PostgresStoreSettings = z.output<typeof postgresStore>;
/** Settings of a protected group, with every default filled in. */
export type GroupSettings = z.output<typeof group>;

/** By name. A group has two sites or more, and its backups are copied to sites that it has. */
export const groups = z._default(
  z.record(
    name,
    group.check(
      z.refine(({ sites }) => Object.keys(sites).length >= 2, 'a group has at least two sites'),
      z.refine(
        ({ sites, backup }) => (backup.copyTo ?? []).every((site) => sites[site] !== undefined),
        'backup.copyTo names a site that is not among the sites',
      ),
    ),
  ),
  {},
);
