import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { SiteName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { writeWhole } from '../../shared/write-whole.ts';

const position = z.object({ branch: z.string(), offset: z.string() });
const promotion = z.object({ site: z.string(), fork: position, branch: z.string(), at: z.number() });
const token = z.object({ lineage: z.string(), site: z.string(), end: position, epoch: z.number(), at: z.number() });

const recordShape = z.object({
  /** Highest it was shown; lower ones are refused. */
  epoch: z.number(),
  /** Made up with a new group and handed on with its data: Redis has no identity that outlives a promotion. */
  lineage: z.string(),
  role: z.enum(['primary', 'standby']),
  /** Of a standby. */
  leader: z.nullable(z.string()),
  /** Grows with each promotion in the group: of two that call themselves primary, the higher one is. */
  generation: z.number(),
  /** What it shall be, also when its machine comes back. */
  wanted: z.enum(['running', 'stopped']),
  frozen: z.boolean(),
  isolated: z.boolean(),
  /** A standby that shall take nothing from its leader for now. */
  detached: z.boolean(),
  /** A primary that has a standby and refuses writes when it loses it. */
  guarded: z.boolean(),
  /** Set before a clean stop; `dump.rdb` is removed then, so that one that is there afterwards is its proof. */
  stopping: z.boolean(),
  /** Proof of a clean stop. */
  token: z.nullable(token),
  /** Where a clean stop ended. `dump.rdb` counts then, not the append-only file, until that is written anew. */
  cleanEnd: z.nullable(position),
  promotion: z.nullable(z.object({ epoch: z.number(), fork: position, done: z.nullable(promotion) })),
  rebuilt: z.nullable(z.object({ epoch: z.number(), leader: z.string(), quarantine: z.nullable(z.string()) })),
  /** When a primary that is alone refuses writes by itself, as a controller reckoned. */
  expiry: z.nullable(z.object({ epoch: z.number(), selfStopBy: z.number() })),
  /** Data that was put aside, oldest first. */
  quarantines: z.array(z.object({ path: z.string(), at: z.number() })),
});

/** What is remembered of a site, durably, in its folder. */
export type SiteRecord = z.infer<typeof recordShape>;

export const newRecord = (lineage: string, role: 'primary' | 'standby', leader: SiteName | null): SiteRecord => ({
  epoch: 0,
  lineage,
  role,
  leader,
  generation: 0,
  wanted: 'running',
  frozen: false,
  isolated: false,
  detached: false,
  guarded: false,
  stopping: false,
  token: null,
  cleanEnd: null,
  promotion: null,
  rebuilt: null,
  expiry: null,
  quarantines: [],
});

const fileIn = (folder: string): string => join(folder, 'site.json');

/** Undefined for a site that was never made. */
export async function readRecord(folder: string): Promise<SiteRecord | undefined> {
  const text = await readFile(fileIn(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : recordShape.parse(JSON.parse(text));
}

export const writeRecord = (folder: string, record: SiteRecord): Promise<void> =>
  writeWhole(fileIn(folder), `${JSON.stringify(record, null, 1)}\n`, true);

/** @throws StepFailure `Pointsman.LeaseLost` for an epoch that has passed */
export function assertNotPassed(name: string, { epoch: highest }: SiteRecord, epoch: number): void {
  if (epoch >= highest) return;
  throw new StepFailure(
    'Pointsman.LeaseLost',
    `${name} was asked with epoch ${epoch}, and it was shown ${highest} before`,
  );
}
