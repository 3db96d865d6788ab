import { describe, expect, it } from 'vitest';
import { memoryLeases } from '../../adapters/memory/leases.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { acquireLease } from './handler.ts';

describe('acquireLease', () => {
  it('takes the lease of the service', async () => {
    const leases = memoryLeases({ now: () => 1000 });
    const lease = await acquireLease.run({ lease: 'shop', owner: 'a', ttlSeconds: 60 }, { leases }, idleCall);

    expect(lease).toEqual({ name: 'shop', owner: 'a', epoch: 1, expiresAt: 61_000 });
  });

  it('names every field of its input that is wrong', () => {
    expect(() => acquireLease.read({ lease: 'Shop!', ttlSeconds: 0 })).toThrow(
      expect.objectContaining({
        name: 'Pointsman.BadInput',
        message: expect.stringMatching(/^acquire-lease: lease: a lease is named .*; owner: .*; ttlSeconds: /),
      }),
    );
  });
});
