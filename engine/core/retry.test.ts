import { describe, expect, it } from 'vitest';
import type { Retrier } from '../asl/machine.ts';
import { matches, nextAttempt } from './retry.ts';

const failure = (error: string) => ({ error, cause: undefined });

describe('matches', () => {
  it.each([
    ['its own name', ['Pointsman.NotReady'], failure('Pointsman.NotReady'), true],
    ['another name', ['Pointsman.LeaseLost'], failure('Pointsman.NotReady'), false],
    ['States.ALL', ['States.ALL'], failure('Pointsman.NotReady'), true],
    ['States.ALL and a runtime error', ['States.ALL'], failure('States.Runtime'), false],
    ['a runtime error by its name', ['States.Runtime'], failure('States.Runtime'), true],
    ['States.TaskFailed and any task error', ['States.TaskFailed'], failure('Error'), true],
    ['States.TaskFailed and a timeout', ['States.TaskFailed'], failure('States.Timeout'), false],
    [
      'a timeout that was a missed heartbeat',
      ['States.HeartbeatTimeout'],
      { ...failure('States.Timeout'), kind: 'heartbeat' as const },
      true,
    ],
    ['a timeout that was none', ['States.HeartbeatTimeout'], failure('States.Timeout'), false],
  ])('decides about %s', (_, errorEquals, thrown, expected) => {
    expect(matches(errorEquals, thrown)).toBe(expected);
  });
});

describe('nextAttempt', () => {
  const retrier: Retrier = {
    errorEquals: ['A'],
    intervalSeconds: 2,
    maxAttempts: 5,
    backoffRate: 3,
    maxDelaySeconds: 30,
    jitter: 'NONE',
  };
  const delays = (policy: Retrier, random = () => 0.5) =>
    [0, 1, 2, 3].map((used) => nextAttempt([policy], [used], failure('A'), random)?.delaySeconds);

  it('grows the delay by the backoff rate up to the longest delay', () => {
    expect(delays(retrier)).toEqual([2, 6, 18, 30]);
  });

  it('takes a uniform share of the delay with full jitter', () => {
    expect(delays({ ...retrier, jitter: 'FULL' })).toEqual([1, 3, 9, 15]);
  });

  it('ends when the attempts are used up', () => {
    expect(nextAttempt([retrier], [5], failure('A'), Math.random)).toBeUndefined();
  });

  it('never tries again with MaxAttempts 0', () => {
    expect(nextAttempt([{ ...retrier, maxAttempts: 0 }], [], failure('A'), Math.random)).toBeUndefined();
  });

  it('lets only the first retrier that names the error decide', () => {
    const all = { ...retrier, errorEquals: ['States.ALL'] };

    expect(nextAttempt([retrier, all], [5, 0], failure('A'), Math.random)).toBeUndefined();
    expect(nextAttempt([retrier, all], [5, 0], failure('B'), () => 0)).toEqual({ retrier: 1, delaySeconds: 2 });
  });
});
