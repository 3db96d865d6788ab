import { describe, expect, it } from 'vitest';
import { memoryTrafficRouter } from '../../adapters/memory/traffic-router.ts';
import { idleCall } from '../../test/support/idle-call.ts';
import type { ReleaseCounters } from '../ports/traffic-router.ts';
import { judgeCanary, type JudgeCanaryInput, type JudgeCanaryOutput } from './handler.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const [one, two] = [digest('1'), digest('2')];
const input: JudgeCanaryInput = { service: 'shop', candidate: two, stable: one, percent: 10, memory: null };

const counted = (release: string, requests: number, errors = 0, slow = 0): ReleaseCounters => ({
  release,
  requests,
  errors,
  abandoned: 0,
  inFlight: 0,
  latency: { boundsMs: [10, 100, 1000], counts: [requests - slow, 0, slow, 0], waiting: [0, 0, 0, 0] },
  upstreams: [],
});

function world() {
  const router = memoryTrafficRouter();
  let now = 0;
  const look = (memory: JudgeCanaryOutput['memory'] | null, ...counters: readonly ReleaseCounters[]) => {
    now += 5000;
    router.setCounters('shop', counters);
    return judgeCanary.run({ ...input, memory }, { router, clock: { now: () => now } }, idleCall);
  };
  return { router, look };
}

describe('judgeCanary', () => {
  it('only reads at the first look', async () => {
    const { look } = world();

    expect(await look(null, counted(one, 5000, 40))).toMatchObject({
      verdict: 'need-more',
      reason: 'first look at the counters',
      blindSeconds: 0,
    });
  });

  it('judges what happened between two looks, not what was before', async () => {
    const { look } = world();
    const first = await look(null, counted(one, 5000, 40), counted(two, 300, 300));

    expect(await look(first.memory, counted(one, 5900, 40), counted(two, 400, 300))).toMatchObject({
      verdict: 'need-more',
      reason: "0 % (0 of 100) failed, of stable's 0 % (0 of 900)",
    });
    expect(await look(first.memory, counted(one, 5900, 41), counted(two, 400, 310))).toMatchObject({ verdict: 'bad' });
  });

  it('takes as slow what is beyond the 99th percentile of stable, frozen before it is used', async () => {
    const { look } = world();
    const first = await look(null, counted(one, 5000, 0, 10));

    expect(first.memory.slowAboveMs).toBe(100);
    expect(await look(first.memory, counted(one, 5900, 0, 12), counted(two, 100, 0, 40))).toMatchObject({
      verdict: 'bad',
      reason: "it is slower than stable: 40 % (40 of 100) slow or unanswered, of stable's 0.222 % (2 of 900)",
    });
  });

  it('says bad because clients gave up, also where stable has not shown yet what is slow', async () => {
    const { look } = world();
    const first = await look(null, counted(one, 100));

    expect(first.memory.slowAboveMs).toBeNull();
    expect(await look(first.memory, counted(one, 500), { ...counted(two, 45), abandoned: 40 })).toMatchObject({
      verdict: 'bad',
      reason: "clients gave up on 40 of 45 requests, of stable's 0 of 400",
    });
  });

  it('is blind without the router, keeps its evidence, and says since when', async () => {
    const { router, look } = world();
    const first = await look(null, counted(one, 5000));
    router.setReachable(false);
    const second = await look(first.memory);
    const third = await look(second.memory);

    expect(second).toMatchObject({
      verdict: 'blind',
      reason: 'the router was made unreachable by the test',
      blindSeconds: 0,
    });
    expect(third).toMatchObject({ verdict: 'blind', blindSeconds: 5 });
    expect(third.memory.evidence).toEqual(first.memory.evidence);
    router.setReachable(true);
    expect(await look(third.memory, counted(one, 5900), counted(two, 100))).toMatchObject({
      verdict: 'need-more',
      blindSeconds: 0,
    });
  });

  it('starts counting anew when the router did, and keeps what it knew', async () => {
    const { look } = world();
    const first = await look(null, counted(one, 5000));
    const second = await look(first.memory, counted(one, 5900), counted(two, 100));
    const restarted = await look(second.memory, counted(one, 90), counted(two, 10));
    const after = await look(restarted.memory, counted(one, 990), counted(two, 110));

    expect(after.memory.evidence.candidate.errors).toEqual({ trials: 200, hits: 0 });
  });

  it('remembers when its verdict changed, and survives JSON', async () => {
    const { look } = world();
    const first = await look(null, counted(one, 5000));
    const second = await look(first.memory, counted(one, 5900), counted(two, 100));
    const third = await look(second.memory, counted(one, 9500), counted(two, 500));

    expect(third.memory.verdicts).toEqual([
      { at: 5000, percent: 10, verdict: 'need-more', requests: 0, errors: 0, abandoned: 0 },
      { at: 15_000, percent: 10, verdict: 'safe', requests: 500, errors: 0, abandoned: 0 },
    ]);
    expect(judgeCanary.read({ ...input, memory: JSON.parse(JSON.stringify(third.memory)) }).memory).toEqual(
      third.memory,
    );
  });

  it('refuses a memory that is none, and an α that is no chance', () => {
    expect(() => judgeCanary.read({ ...input, memory: {} })).toThrow(
      'judge-canary: memory: must be the memory that the look before gave, or null',
    );
    expect(() => judgeCanary.read({ ...input, policy: { alpha: 1 } })).toThrow('judge-canary: policy.alpha: ');
    expect(() => judgeCanary.read({ ...input, policy: { toleratedErorRate: 0.1 } })).toThrow('"toleratedErorRate"');
  });
});
