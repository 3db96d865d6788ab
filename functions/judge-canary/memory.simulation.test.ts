import { describe, expect, it } from 'vitest';
import { seededDice } from '../../test/support/seeded-dice.ts';
import type { ReleaseCounters } from '../ports/traffic-router.ts';
import { look, startMemory } from './memory.ts';
import { defaultPolicy } from './policy.ts';

// One request after the other, from its arrival to its end, seen through the router's counters every 5 s: what is in
// flight, what clients gave up on and what came too late must not turn against a release that is no worse.

const runs = 200;
const [perSecond, lookEverySeconds, routerTimeoutMs] = [40, 5, 60_000];
const boundsMs = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000];
const bucketOf = (ms: number) => boundsMs.concat(Infinity).findIndex((bound) => ms <= bound);
/** A rollout by its shares, 60 s each, after a minute with stable alone. */
const shares = [0, 0.05, 0.25, 0.5, 0.5];
/** However rarely it is slow, so that everything rests on the comparison of the arms. */
const policy = { ...defaultPolicy, toleratedSlowRate: 0.001 };

type Dice = ReturnType<typeof seededDice>;

interface Request {
  readonly at: number;
  readonly ms: number;
  readonly end: 'answer' | 'abandoned' | 'error';
}

describe('the judge over the counters of single requests', () => {
  it('aborts a good release at most as often as stated, though many are in flight, slow or abandoned', () => {
    const dice = seededDice(20_261_123);
    const found = Array.from({ length: runs }, () => rollout(dice, 0));

    const noise = 3 * Math.sqrt((policy.alpha * (1 - policy.alpha)) / runs);
    expect(found.filter(({ verdict }) => verdict === 'bad').length / runs).toBeLessThanOrEqual(policy.alpha + noise);
  });

  it('finds a release that answers nothing long before its clients have given up', () => {
    const dice = seededDice(20_261_123);
    const found = Array.from({ length: runs }, () => rollout(dice, 1));

    expect(found.every(({ verdict }) => verdict === 'bad')).toBe(true);
    const requests = found.map((each) => each.requests).toSorted((a, b) => a - b);
    expect(requests[runs / 2]).toBeLessThanOrEqual(20);
  });
});

function rollout(dice: Dice, hangRate: number): { verdict: string; requests: number } {
  const stable = simulatedArm(0, dice);
  const candidate = simulatedArm(hangRate, dice);
  let memory = startMemory(policy);
  for (const [step, share] of shares.entries())
    for (let second = 0; second < 60; second += lookEverySeconds) {
      const at = (60 * step + second + lookEverySeconds) * 1000;
      const counters = { stable: stable.serve(at, 1 - share), candidate: candidate.serve(at, share) };
      if (share === 0 && second + lookEverySeconds < 60) continue;
      const seen = look(memory, { at, ...counters }, 100 * share, policy);
      memory = seen.memory;
      if (seen.verdict === 'bad') return { verdict: 'bad', requests: counters.candidate.requests };
    }
  return { verdict: 'good', requests: Infinity };
}

function simulatedArm(hangRate: number, dice: Dice) {
  const counts = boundsMs.concat(Infinity).map(() => 0);
  let [requests, errors, abandoned] = [0, 0, 0];
  let open: readonly Request[] = [];

  function end({ ms, end }: Request): void {
    if (end === 'abandoned') return void abandoned++;
    if (end === 'error') errors++;
    counts[bucketOf(ms)]!++;
  }

  /** The counters at the end of the `lookEverySeconds` before `now`. */
  function serve(now: number, share: number): ReleaseCounters {
    const arrived = dice.poisson(perSecond * lookEverySeconds * share);
    const arriving = Array.from({ length: arrived }, () => request(now, hangRate, dice));
    requests += arrived;
    const isOver = ({ at, ms }: Request) => at + ms <= now;
    const known = [...open, ...arriving];
    for (const each of known.filter(isOver)) end(each);
    open = known.filter((each) => !isOver(each));
    const waiting = counts.map((_, bucket) => open.filter(({ at }) => bucketOf(now - at) === bucket).length);
    const latency = { boundsMs, counts: [...counts], waiting };
    return { release: '', requests, errors, abandoned, inFlight: open.length, latency, upstreams: [] };
  }

  return { serve };
}

function request(now: number, hangRate: number, dice: Dice): Request {
  const kind = dice.uniform();
  const usualMs = kind < 0.9 ? 20 + 70 * dice.uniform() : kind < 0.99 ? 1500 * dice.gamma(1) : Infinity;
  const answerMs = dice.uniform() < hangRate ? Infinity : usualMs;
  // Some clients leave soon, for reasons of their own; the others wait for 8 s and more.
  const patienceMs = dice.uniform() < 0.03 ? 2000 * dice.uniform() : 8000 + 4000 * dice.gamma(1);
  const ms = Math.min(answerMs, patienceMs, routerTimeoutMs);
  const end = ms === answerMs ? 'answer' : ms === patienceMs ? 'abandoned' : 'error';
  return { at: now - 1000 * lookEverySeconds * dice.uniform(), ms, end };
}
