import { describe, expect, it } from 'vitest';
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { ExecutionSummary } from '../../../engine/runner/ports.ts';
import { memoryLeases } from '../../memory/leases.ts';
import { executionLeases } from './execution-leases.ts';

const summary: ExecutionSummary = {
  arn: 'first',
  machineArn: 'deploy',
  revisionId: '1',
  name: 'first',
  status: 'RUNNING',
  startedAt: toEpochMs(0),
  stoppedAt: undefined,
  input: '{}',
  output: undefined,
  error: undefined,
  cause: undefined,
};

/** Leases of a store in which `first` is as given, and nothing else is known. */
const leasesWhen = (status: ExecutionSummary['status']) =>
  executionLeases(memoryLeases({ now: () => 0 }), {
    summary: async (arn) => (arn === 'first' ? { ...summary, status } : undefined),
  });

describe('a lease that an execution holds', () => {
  it.each(['ABORTED', 'FAILED'] as const)(
    'goes to the next, with a higher epoch, when its holder is %s',
    async (status) => {
      const leases = leasesWhen(status);
      await leases.acquire('shop', 'first', 60);

      expect(await leases.acquire('shop', 'second', 60)).toMatchObject({ owner: 'second', epoch: 2 });
      await expect(leases.renew('shop', 'first', 1, 60)).rejects.toThrow('second holds it');
    },
  );

  it('stays while its holder runs', async () => {
    const leases = leasesWhen('RUNNING');
    await leases.acquire('shop', 'first', 60);

    await expect(leases.acquire('shop', 'second', 60)).rejects.toMatchObject({ name: 'Pointsman.LeaseHeld' });
  });

  it('stays with a holder that is no execution here', async () => {
    const leases = leasesWhen('ABORTED');
    await leases.acquire('shop', 'somebody', 60);

    await expect(leases.acquire('shop', 'second', 60)).rejects.toMatchObject({ name: 'Pointsman.LeaseHeld' });
  });
});
