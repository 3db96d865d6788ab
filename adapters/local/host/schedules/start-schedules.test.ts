import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRunner } from '../../../../engine/runner/create-runner.ts';
import { memoryExecutionStore } from '../../../../engine/runner/memory-execution-store.ts';
import { countingIds } from '../../../../test/support/counting-ids.ts';
import { mustRead, storedMachine } from '../../../../test/support/run-machine.ts';
import { temporaryFolder } from '../../../../test/support/temporary-folder.ts';
import { testClock } from '../../../../test/support/test-clock.ts';
import { type SeenInstants, seenInstantsIn } from './seen-instants.ts';
import { startSchedules } from './start-schedules.ts';

const machine = storedMachine('backup', { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } });
const nightly = { cron: '0 2 * * *', timeZone: 'Europe/Zurich', workflow: 'backup', input: { group: 'shop' } };

function memorySeen(): SeenInstants {
  const seen = new Map<string, number>();
  return { read: (name) => seen.get(name), write: (name, at) => void seen.set(name, at) };
}

/** A host with a schedule, from the given moment on; `restart` gives the next one over the same store. */
function hosts(begin: string, schedule = nightly) {
  const clock = testClock(Date.parse(begin));
  const store = memoryExecutionStore();
  const seen = memorySeen();
  const lines: string[] = [];
  const note = (facts: object, text: string) => void lines.push(`${text} ${JSON.stringify(facts)}`);
  let refuse = false;
  const host = (ownSeen = seen) => {
    const runner = createRunner({
      store,
      clock,
      dispatcher: { knows: () => true, dispatch: () => undefined, cancel: () => undefined },
      ids: countingIds(),
      machineOf: ({ definition }) => mustRead(definition),
      onProblem: (_problem, _execution, thrown) => {
        throw thrown;
      },
    });
    return startSchedules({
      schedules: { nightly: schedule },
      clock,
      runner: {
        start: async (request) => {
          if (refuse) throw new Error('disk full');
          return runner.start(request);
        },
      },
      machine: () => machine,
      seen: ownSeen,
      log: { info: note, warn: note, error: note },
    });
  };
  return {
    clock,
    host,
    lines,
    refuse: (now: boolean) => void (refuse = now),
    /** Lets time pass up to a moment, timer by timer. */
    async until(moment: string, running: { settled(): Promise<void> }) {
      const end = Date.parse(moment);
      await running.settled();
      while (clock.now() < end) {
        clock.advance(Math.min(60 * 60_000, end - clock.now()));
        await running.settled();
      }
    },
    /** Names of the executions, oldest first. */
    started: async () => (await store.list({ limit: 100 })).items.map(({ name }) => name).reverse(),
    inputs: async () => (await store.list({ limit: 100 })).items.map(({ input }) => JSON.parse(input)),
  };
}

describe('a schedule', () => {
  it('starts its workflow at its instants, with the instant in name and input', async () => {
    const { host, until, started, inputs } = hosts('2026-11-26T12:00:00Z');
    await until('2026-11-28T12:00:00Z', host());

    expect(await started()).toEqual(['nightly-20261127T010000Z', 'nightly-20261128T010000Z']);
    expect(await inputs()).toContainEqual({ group: 'shop', scheduledAt: Date.UTC(2026, 10, 27, 1) });
  });

  it('keeps its local time over a change of clocks, and comes once in the night with an hour twice', async () => {
    const { host, until, started } = hosts('2026-10-24T12:00:00Z', { ...nightly, cron: '30 2 * * *' });
    await until('2026-10-26T12:00:00Z', host());

    expect(await started()).toEqual(['nightly-20261025T003000Z', 'nightly-20261026T013000Z']);
  });

  it('comes in the night without that hour too', async () => {
    const { host, until, started } = hosts('2026-03-28T12:00:00Z', { ...nightly, cron: '30 2 * * *' });
    await until('2026-03-30T12:00:00Z', host());

    expect(await started()).toEqual(['nightly-20260329T010000Z', 'nightly-20260330T003000Z']);
  });

  it('starts the newest instant that passed while no host was there, and logs that older ones are skipped', async () => {
    const { clock, host, until, started, lines } = hosts('2026-11-24T12:00:00Z');
    await host().stop();
    clock.advance(3 * 86_400_000);
    await until('2026-11-27T12:00:00Z', host());

    expect(await started()).toEqual(['nightly-20261127T010000Z']);
    expect(lines[0]).toMatch(/only the newest starts .*"skipped":2/);
  });

  it('starts nothing for the time before it was there', async () => {
    const { host, started } = hosts('2026-11-27T12:00:00Z');
    await host().settled();

    expect(await started()).toEqual([]);
  });

  it('starts an instant once, over restarts', async () => {
    const { host, until, started } = hosts('2026-11-26T12:00:00Z');
    const first = host();
    await until('2026-11-27T12:00:00Z', first);
    await first.stop();
    await host().settled();

    expect(await started()).toEqual(['nightly-20261127T010000Z']);
  });

  it('starts an instant once with two hosts over one store', async () => {
    const { host, until, started, lines } = hosts('2026-11-26T12:00:00Z');
    const [one, two] = [host(), host(memorySeen())];
    await until('2026-11-27T12:00:00Z', {
      settled: async () => void (await Promise.all([one.settled(), two.settled()])),
    });

    expect(await started()).toEqual(['nightly-20261127T010000Z']);
    expect(lines.filter((line) => line.startsWith('it was started already'))).toHaveLength(1);
  });

  it('tries again what could not be started', async () => {
    const { host, until, started, refuse, lines } = hosts('2026-11-27T00:59:00Z');
    refuse(true);
    const running = host();
    await until('2026-11-27T01:00:30Z', running);
    refuse(false);
    await until('2026-11-27T02:30:00Z', running);

    expect(await started()).toEqual(['nightly-20261127T010000Z']);
    expect(lines.join('\n')).toContain('it could not be started and is tried again');
  });

  it('is started by nobody after it was stopped', async () => {
    const { clock, host, started } = hosts('2026-11-26T12:00:00Z');
    const running = host();
    await running.stop();
    clock.advance(86_400_000);

    expect(await started()).toEqual([]);
    expect(clock.armed()).toBe(0);
  });

  it('looks at few instants of a frequent pattern, however long nobody was there', async () => {
    const { clock, host, started } = hosts('2020-01-01T00:00:00Z', { ...nightly, cron: '* * * * *' });
    await host().stop();
    clock.advance(5 * 365 * 86_400_000);
    await host().settled();

    expect(await started()).toEqual(['nightly-20241230T000000Z']);
  });
});

describe('seen instants', () => {
  it('outlive the process, and are none in a file that is not theirs', async () => {
    const file = join(await temporaryFolder(), 'schedules.json');
    seenInstantsIn(file).write('nightly', 5);
    seenInstantsIn(file).write('hourly', 6);
    expect([seenInstantsIn(file).read('nightly'), seenInstantsIn(file).read('hourly')]).toEqual([5, 6]);
    expect(seenInstantsIn(join(file, '..')).read('nightly')).toBeUndefined();
  });
});
