import { describe, expect, it } from 'vitest';
import type { Commit, ExecutionStore } from '../../../engine/runner/ports.ts';
import { testClock } from '../../../test/support/test-clock.ts';
import { pacedCommits } from './paced-commits.ts';

const change: Commit = {
  head: { status: 'RUNNING', lastEventId: 1 },
  frames: {},
  history: [],
  opened: [],
  closed: [],
  summary: undefined,
};

function world() {
  const clock = testClock();
  const start = clock.now();
  const commits: string[] = [];
  const store = {
    commit: async (arn: string) => {
      commits.push(`${arn} ${(clock.now() - start) / 1000}`);
      return 'committed' as const;
    },
  } as Partial<ExecutionStore> as ExecutionStore;
  return { clock, commits, store: pacedCommits(store, clock, { burst: 3, intervalMs: 1000 }) };
}

const turns = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
};

describe('pacedCommits', () => {
  it('lets a burst through, then one in each interval', async () => {
    const { clock, commits, store } = world();
    const all = Promise.all(Array.from({ length: 6 }, () => store.commit('a', 1, change)));
    for (let second = 0; second < 5; second++) {
      await turns();
      clock.advance(1000);
    }
    await all;
    expect(commits).toEqual(['a 0', 'a 0', 'a 0', 'a 1', 'a 2', 'a 3']);
  });

  it('paces each execution by itself', async () => {
    const { commits, store } = world();
    await Promise.all(['a', 'a', 'a', 'b', 'b'].map((arn) => store.commit(arn, 1, change)));
    expect(commits).toHaveLength(5);
  });

  it('gives the burst back with time', async () => {
    const { clock, commits, store } = world();
    for (let i = 0; i < 3; i++) await store.commit('a', 1, change);
    clock.advance(3000);
    for (let i = 0; i < 3; i++) await store.commit('a', 1, change);
    expect(commits.slice(3)).toEqual(['a 3', 'a 3', 'a 3']);
  });
});
