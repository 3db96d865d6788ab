import { expect, it } from 'vitest';
import { memoryReleaseLedger } from '../../adapters/memory/release-ledger.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { recordRelease } from './handler.ts';

it('writes how a deployment ended, once', async () => {
  const ledger = memoryReleaseLedger();
  const input = recordRelease.read({
    service: 'shop',
    release: `sha256:${'2'.repeat(64)}`,
    image: 'shop:2',
    outcome: 'taken-back',
    reason: 'it fails more',
    execution: 'arn',
    requestedAt: 100,
  });
  await recordRelease.run(input, { ledger, clock: { now: () => 500 } }, idleCall);
  await recordRelease.run(input, { ledger, clock: { now: () => 900 } }, idleCall);

  expect(await ledger.list('shop', 10)).toEqual([{ ...input, at: 500 }]);
});
