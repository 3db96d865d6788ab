import { describe, expect, it } from 'vitest';
import { memoryReleaseLedger } from '../../adapters/memory/release-ledger.ts';
import { memoryReleaseTarget } from '../../adapters/memory/release-target.ts';
import { memoryTrafficRouter } from '../../adapters/memory/traffic-router.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import type { ReleaseRecord } from '../ports/release-ledger.ts';
import { observeService } from './handler.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const [one, two] = [digest('1'), digest('2')];

async function promoted() {
  const ports = {
    target: memoryReleaseTarget({ readyAtOnce: true }),
    router: memoryTrafficRouter(),
    ledger: memoryReleaseLedger(),
  };
  const { instances } = await ports.target.startCandidate('shop', one, 1, 1);
  await ports.target.promote('shop', one, 1);
  const stable = { release: one, upstreams: instances.map(({ url }) => url) };
  await ports.router.change('shop', 0, 1, { stable, candidate: undefined, candidatePercent: 0 });
  return ports;
}

const record = (change: Partial<ReleaseRecord>): ReleaseRecord => ({
  service: 'shop',
  release: two,
  image: 'shop:2',
  outcome: 'taken-back',
  reason: 'it fails more',
  execution: 'a',
  requestedAt: 100,
  at: 200,
  ...change,
});

const observe = (ports: Awaited<ReturnType<typeof promoted>>, requestedAt = 1000) =>
  observeService.run({ service: 'shop', release: two, requestedAt }, ports, idleCall);

describe('observeService', () => {
  it('sees nothing where nothing was ever deployed', async () => {
    const ports = { target: memoryReleaseTarget(), router: memoryTrafficRouter(), ledger: memoryReleaseLedger() };

    expect(await observe(ports)).toEqual({ stable: null, settled: true, takenBack: null, newer: null });
  });

  it('calls a service settled when stable runs alone and gets every request', async () => {
    expect(await observe(await promoted())).toMatchObject({ stable: one, settled: true });
  });

  it('sees what a rollout left behind', async () => {
    const ports = await promoted();
    await ports.target.startCandidate('shop', two, 1, 2);

    expect(await observe(ports)).toMatchObject({ stable: one, settled: false });
  });

  it('knows that this release was taken back, until it is promoted', async () => {
    const ports = await promoted();
    await ports.ledger.record(record({}));
    expect(await observe(ports)).toMatchObject({ takenBack: 'it fails more' });

    await ports.ledger.record(record({ outcome: 'promoted', execution: 'b' }));
    expect(await observe(ports)).toMatchObject({ takenBack: null });
  });

  it('knows of a promotion that was asked for later', async () => {
    const ports = await promoted();
    await ports.ledger.record(record({ outcome: 'promoted', requestedAt: 2000 }));

    expect(await observe(ports)).toMatchObject({ newer: 'a' });
    expect(await observe(ports, 3000)).toMatchObject({ newer: null });
  });
});
