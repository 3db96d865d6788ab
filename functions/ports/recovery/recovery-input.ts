import * as z from 'zod/mini';
import { epoch, instant, text } from '../input.ts';

/** A group's or a site's name, in the input of step functions. */
const name = z
  .string()
  .check(z.regex(/^[a-z0-9-]{1,40}$/, 'a name is lower-case letters, digits and "-", at most 40 characters'));

export const groupName = name;
export const siteName = name;
/** Names a restored store, and a lease with it. */
export const scratchName = name;

export const position = z.object({
  branch: text,
  offset: z.string().check(z.regex(/^\d+$/, 'an offset is a whole number')),
});

export const token = z.object({ lineage: text, site: siteName, end: position, epoch, at: instant });

export const promotion = z.object({ site: siteName, fork: position, branch: text, at: instant });

export const fenceLevel = z.enum(['refuse-writes', 'stop', 'isolate', 'lease-expiry']);

/** `selfStopBy` is null where a site never stops by itself. */
export const fenceResult = z.object({
  level: fenceLevel,
  confirmed: z.boolean(),
  evidence: z.string(),
  selfStopBy: z.nullable(instant),
});

/** Most that a failover may lose. */
export const allowLoss = z.object({ bytes: z.number().check(z.gte(0)), seconds: z.number().check(z.gte(0)) });
