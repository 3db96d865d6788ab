import * as z from 'zod/mini';
import { epoch, instant, owner, reader, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { fenceResult, groupName, position, siteName, token } from '../ports/recovery/recovery-input.ts';
import type { RecoveryRun, RunStamps } from '../ports/recovery/recovery-runs.ts';
import type { StepFunction } from '../step-function.ts';

const stamp = z._default(z.nullable(instant), null);

const stamps = z.object({
  lastGood: stamp,
  detected: stamp,
  approved: stamp,
  fenced: stamp,
  promoted: stamp,
  firstWrite: stamp,
  settled: stamp,
});

const lost = z.object({
  fork: position,
  end: position,
  bytes: z.string(),
  commits: z.array(z.object({ id: z.string(), at: instant })),
  rows: z.array(
    z.object({
      table: z.string(),
      change: z.enum(['insert', 'update', 'delete']),
      key: z.record(z.string(), z.unknown()),
      row: z.record(z.string(), z.unknown()),
    }),
  ),
  truncated: z.boolean(),
  rowCount: z.int(),
  quarantine: z.string(),
});

const input = z.object({
  execution: owner,
  group: groupName,
  kind: z.enum(['backup', 'restore', 'restore-drill', 'switchover', 'failover', 'failback', 'failover-drill']),
  outcome: z.enum(['done', 'aborted', 'refused', 'failed']),
  reason: z.string(),
  from: z._default(z.nullable(siteName), null),
  to: z._default(z.nullable(siteName), null),
  /** 0: it never got the lease. */
  epoch: z.union([z.literal(0), epoch]),
  planVersion: z._default(z.string(), ''),
  startedAt: instant,
  stamps: z._default(stamps, stamps.parse({})),
  /** What is known to be lost while no ledger says it in rows; null: nothing can be lost, or nobody knows. */
  loss: z._default(z.nullable(z.object({ bytes: z.nullable(z.string()), commits: z.nullable(z.int()) })), null),
  token: z._default(z.nullable(token), null),
  fences: z._default(z.array(fenceResult), []),
  lost: z._default(z.nullable(lost), null),
  approvals: z._default(z.array(text), []),
  overrides: z._default(z.array(text), []),
  details: z._default(z.record(z.string(), z.unknown()), {}),
});

export type RecordRunInput = z.output<typeof input>;

/** Time planned and taken from the last good answer to the first write; null where it does not apply or was not reached. */
export interface RecordRunOutput {
  readonly rtoSeconds: RecoveryRun['rtoSeconds'];
  readonly rpo: RecoveryRun['rpo'];
}

const moving: readonly string[] = ['switchover', 'failover', 'failover-drill'];

/** Records what became of a run, with what was planned and what it took. Safe to repeat: one record for each execution. */
export const recordRun: StepFunction<RecordRunInput, RecordRunOutput, Pick<Ports, 'clock' | 'plans' | 'runs'>> = {
  name: 'record-run',
  read: reader('record-run', input),
  async run({ loss, fences, ...run }, { clock, plans, runs }) {
    const { objectives } = await plans.read(run.group);
    const isMove = moving.includes(run.kind);
    const rtoSeconds = isMove ? { planned: objectives.rtoSeconds, actual: secondsOf(run.stamps) } : null;
    const rpo = isMove
      ? {
          plannedSeconds: objectives.rpoSeconds,
          lostBytes: run.lost?.bytes ?? loss?.bytes ?? null,
          lostCommits: run.lost?.commits.length ?? loss?.commits ?? null,
          lostRows: run.lost?.rowCount ?? (loss?.bytes === '0' ? 0 : null),
        }
      : null;
    const levels = fences.map(({ selfStopBy, ...fence }) => ({ ...fence, selfStopBy: selfStopBy ?? undefined }));
    await runs.record({ ...run, fences: levels, endedAt: clock.now(), rtoSeconds, rpo });
    return { rtoSeconds, rpo };
  },
};

const secondsOf = ({ lastGood, firstWrite }: RunStamps): number | null =>
  lastGood === null || firstWrite === null ? null : (firstWrite - lastGood) / 1000;
