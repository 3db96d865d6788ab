import { describe, expect, it } from 'vitest';
import { memoryReleaseTarget } from '../../adapters/memory/release-target.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { startCandidate } from './handler.ts';

const release = `sha256:${'2'.repeat(64)}`;
const input = { service: 'shop', release, instances: 2, epoch: 3 };

describe('startCandidate', () => {
  it('starts as many instances as asked for, also when repeated', async () => {
    const target = memoryReleaseTarget();
    const first = await startCandidate.run(input, { target }, idleCall);
    const second = await startCandidate.run(input, { target }, idleCall);

    expect(first.instances).toHaveLength(2);
    expect(second).toEqual(first);
  });

  it('refuses a digest that is none', () => {
    expect(() => startCandidate.read({ ...input, release: '2.0' })).toThrow(
      'start-candidate: release: a digest is "sha256:"',
    );
  });
});
