import * as z from 'zod/mini';
import { digest, instant, owner, reader, serviceName, text } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import type { ReleaseRecord } from '../ports/release-ledger.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  service: serviceName,
  release: digest,
  image: text,
  outcome: z.enum(['promoted', 'taken-back', 'unchanged', 'superseded', 'refused', 'failed']),
  reason: z.string(),
  /** ARN. */
  execution: owner,
  requestedAt: instant,
});

export type RecordReleaseInput = z.output<typeof input>;

/** Writes into the ledger how a deployment ended. The first record of an execution stands, so it is safe to repeat. */
export const recordRelease: StepFunction<RecordReleaseInput, ReleaseRecord, Pick<Ports, 'ledger' | 'clock'>> = {
  name: 'record-release',
  read: reader('record-release', input),
  async run(input, { ledger, clock }) {
    const entry = { ...input, at: clock.now() };
    await ledger.record(entry);
    return entry;
  },
};
