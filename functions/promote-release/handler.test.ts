import { describe, expect, it } from 'vitest';
import { memoryReleaseTarget } from '../../adapters/memory/release-target.ts';
import { memoryTrafficRouter } from '../../adapters/memory/traffic-router.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import { promoteRelease } from './handler.ts';

const release = `sha256:${'2'.repeat(64)}`;
const input = { service: 'shop', release, epoch: 4 };

async function candidate() {
  const target = memoryReleaseTarget();
  await target.startCandidate('shop', release, 2, 4);
  return { target, router: memoryTrafficRouter() };
}

describe('promoteRelease', () => {
  it('makes the candidate stable, for the target and for the router', async () => {
    const ports = await candidate();
    ports.target.becomeReady(release);

    expect(await promoteRelease.run(input, ports, idleCall)).toEqual({ version: 1 });
    expect(await ports.target.observe('shop')).toMatchObject({ stable: release, candidate: undefined });
    expect(await ports.router.observe('shop')).toMatchObject({
      stable: { release },
      candidate: undefined,
      candidatePercent: 0,
    });
  });

  it('goes on where it stopped when the router could not be reached half-way', async () => {
    const ports = await candidate();
    ports.target.becomeReady(release);
    ports.router.setReachable(false);
    await expect(promoteRelease.run(input, ports, idleCall)).rejects.toMatchObject({
      name: 'Pointsman.RouterUnreachable',
    });
    ports.router.setReachable(true);

    expect(await promoteRelease.run(input, ports, idleCall)).toEqual({ version: 1 });
  });

  it('refuses a release without a ready instance', async () => {
    const ports = await candidate();

    await expect(promoteRelease.run(input, ports, idleCall)).rejects.toMatchObject({ name: 'Pointsman.NotReady' });
    expect(await ports.target.observe('shop')).toMatchObject({ stable: undefined });
  });
});
