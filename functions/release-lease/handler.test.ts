import { expect, it } from 'vitest';
import { memoryLeases } from '../../adapters/memory/leases.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { releaseLease } from './handler.ts';

it('gives the lease back, also twice', async () => {
  const leases = memoryLeases({ now: () => 0 });
  const { epoch } = await leases.acquire('shop', 'a', 60);
  await releaseLease.run({ lease: 'shop', owner: 'a', epoch }, { leases }, idleCall);
  await releaseLease.run({ lease: 'shop', owner: 'a', epoch }, { leases }, idleCall);

  expect(await leases.read('shop')).toBeUndefined();
});
