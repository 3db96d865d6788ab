import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { describeExecution } from '../host-api.ts';

const milliseconds = z.nullish(z.number());

const run = z.looseObject({
  execution: z.string(),
  kind: z.string(),
  outcome: z.string(),
  reason: z.string(),
  from: z.nullish(z.string()),
  to: z.nullish(z.string()),
  epoch: z.number(),
  startedAt: z.number(),
  endedAt: z.number(),
  stamps: z.looseObject({
    lastGood: milliseconds,
    fenced: milliseconds,
    promoted: milliseconds,
    firstWrite: milliseconds,
  }),
  rtoSeconds: z.nullish(z.looseObject({ planned: z.number(), actual: z.nullish(z.number()) })),
  rpo: z.nullish(
    z.looseObject({
      plannedSeconds: z.number(),
      lostBytes: z.nullish(z.string()),
      lostCommits: z.nullish(z.number()),
      lostRows: z.nullish(z.number()),
    }),
  ),
  fences: z.array(z.looseObject({ level: z.string(), confirmed: z.boolean(), evidence: z.string() })),
  lost: z.nullish(
    z.looseObject({
      rowCount: z.number(),
      truncated: z.boolean(),
      quarantine: z.string(),
      rows: z.array(z.looseObject({ table: z.string(), change: z.string(), key: z.record(z.string(), z.unknown()) })),
    }),
  ),
  details: z.record(z.string(), z.unknown()),
});
/** The report of a run, as far as the demo reads it. */
export type Run = z.infer<typeof run>;

const status = z.looseObject({
  address: z.nullish(z.string()),
  endpoint: z.looseObject({ site: z.nullish(z.string()) }),
});
export const readiness = z.looseObject({
  verdict: z.string(),
  primary: z.nullish(z.string()),
  checks: z.array(z.looseObject({ name: z.string(), status: z.string(), evidence: z.string() })),
  forecast: z.looseObject({ text: z.string() }),
});
export const started = z.looseObject({ executionArn: z.string() });
export const backupList = z.array(
  z.looseObject({
    id: z.string(),
    kind: z.string(),
    bytes: z.number(),
    sites: z.array(z.string()),
    record: z.looseObject({ lastVerifiedAt: z.nullish(z.number()), intactAt: z.record(z.string(), z.number()) }),
  }),
);

/** Where clients reach the group, and whom they reach there. */
export async function readGroup(endpoint: string, group: string): Promise<{ port: number; site: string | null }> {
  const answer = await fetch(`${endpoint}/pointsman/v1/groups/${group}`);
  if (!answer.ok) throw new Error(`${group} cannot be read: ${answer.status} ${await answer.text()}`);
  const found = status.parse(await answer.json());
  return { port: Number(found.address?.split(':').at(-1)), site: found.endpoint.site ?? null };
}

/** Waits until a group is up, which a host tries again and again, and gives the port of its address. */
export async function awaitGroup(endpoint: string, group: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    const { port } = await readGroup(endpoint, group);
    if (Number.isInteger(port)) return port;
    await sleep(200, undefined, { signal });
  }
}

/** Waits until an execution has ended, and gives the report it left. */
export async function awaitRun(endpoint: string, group: string, arn: string, signal: AbortSignal): Promise<Run> {
  for (;;) {
    const found = await describeExecution(endpoint, arn);
    if (found !== undefined && found.status !== 'RUNNING') {
      const answer = await fetch(`${endpoint}/pointsman/v1/groups/${group}/runs/${arn.split(':').at(-1)}`);
      if (answer.ok) return run.parse(await answer.json());
      throw new Error(`${arn} ended as ${found.status} and left no report: ${found.error ?? ''} ${found.cause ?? ''}`);
    }
    await sleep(200, undefined, { signal });
  }
}
