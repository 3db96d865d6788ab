import * as z from 'zod/mini';

// What `groups.<name>.store` takes for Amazon RDS and Aurora. Credentials come from the SDK's own chain, never from here.

const region = z.string().check(z.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region is given as in eu-west-1'));
const siteName = z
  .string()
  .check(z.regex(/^[a-z0-9-]{1,40}$/, 'a name is lower-case letters, digits and "-", at most 40'));
/** What RDS accepts, less what renaming and rehearsals add to it. */
const identifier = z
  .string()
  .check(
    z.regex(/^[a-z](-?[a-z0-9])*$/, 'an identifier is lower-case letters, digits and single hyphens'),
    z.maxLength(40),
  );
const seconds = (fallback: number) => z._default(z.int().check(z.gte(1)), fallback);

const site = z.strictObject({
  region,
  /** Of the DB instance, or of the Aurora cluster. A rebuilt site takes the same identifier, so its address stays. */
  identifier,
  /**
   * Security group that lets in nobody but who must still reach a fenced database: this controller's data access, and for
   * RDS instances what replication needs. It replaces the site's groups to freeze and to isolate it.
   */
  isolationGroup: z.string(),
  /** Of what is restored and rehearsed: a scratch database never gets the groups of production. */
  scratchGroups: z.array(z.string()).check(z.minLength(1)),
  subnetGroup: z.optional(z.string()),
  parameterGroup: z.optional(z.string()),
  /** Key of this region that copies and replicas made here are encrypted with. */
  kmsKey: z.optional(z.string()),
});

const common = {
  /** In the order in which they are preferred, the same names as the group's sites. */
  sites: z.record(siteName, site),
  /** Of a service that speaks the protocol of RDS; AWS itself when absent. */
  endpoint: z.optional(z.string()),
  /** After a call whose effect has not shown yet, how long it is only looked at and not made again. */
  settleSeconds: seconds(120),
};

/** `store` of a group on RDS instances: a primary and read replicas, each in a region of its own or not. */
export const rdsStore = z.strictObject({
  type: z.literal('rds'),
  ...common,
  /** Automated backups of a promoted replica, days: without them it has no point-in-time recovery. */
  backupRetentionDays: z._default(z.int().check(z.gte(1), z.lte(35)), 7),
});

/** `store` of a group on an Aurora global database. */
export const auroraStore = z.strictObject({
  type: z.literal('aurora'),
  ...common,
  globalCluster: identifier,
  /** Class of the instances made in restored and rehearsed clusters. */
  instanceClass: z._default(z.string(), 'db.r6g.large'),
});

export type RdsSettings = z.output<typeof rdsStore>;
export type AuroraSettings = z.output<typeof auroraStore>;
/** One site of either. */
export type RdsSite = z.output<typeof site>;
/** What both kinds of store have. */
export type RdsSites = Pick<RdsSettings, 'sites' | 'endpoint' | 'settleSeconds'>;
