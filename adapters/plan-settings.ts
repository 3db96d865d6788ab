import * as z from 'zod/mini';

// What people decide beforehand about a protected group, whatever its store is: part of `groups.<name>` of every configuration.

/** Of groups, sites and services. */
const name = z.string().check(z.regex(/^[a-z0-9-]{1,40}$/, 'a name is lower-case letters, digits and "-", at most 40'));
const count = (fallback: number) => z._default(z.int().check(z.gte(0)), fallback);
const positive = (fallback: number) => z._default(z.number().check(z.positive()), fallback);

const retention = z.strictObject({
  last: count(3),
  hourly: count(0),
  daily: count(7),
  weekly: count(4),
  monthly: count(6),
  yearly: count(0),
  timeZone: z._default(z.string(), 'UTC'),
  minimumAgeHours: count(24),
});

export const planSettings = {
  /** Services that stand on the store: their requests that may write wait while it moves. */
  services: z._default(z.array(name), []),
  objectives: z.prefault(
    z.strictObject({ rtoSeconds: positive(60), rpoSeconds: positive(5), rpoBytes: count(16 * 1024 * 1024) }),
    {},
  ),
  /** How long a switchover may keep writes waiting until it gives up, with nothing lost. */
  catchUpSeconds: positive(10),
  /** A backup must have been restored and checked within this. */
  verifiedWithinHours: positive(7 * 24),
  backup: z.prefault(
    z.strictObject({
      /** Every how many backups is a full one. */
      fullEvery: z._default(z.int().check(z.gte(1)), 7),
      /** Sites that get a copy; all others than the one it is taken at, when absent. */
      copyTo: z.optional(z.array(name)),
      retention: z.prefault(retention, {}),
    }),
    {},
  ),
};
