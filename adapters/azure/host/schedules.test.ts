import { describe, expect, it } from 'vitest';
import { memoryExecutionStore } from '../../../engine/runner/memory-execution-store.ts';
import { storedMachine } from '../../../test/support/run-machine.ts';
import { dueSchedules } from './schedules.ts';

const settings = { cron: '0 2 * * *', timeZone: 'UTC', workflow: 'backup', input: { group: 'shop' } };
const at = (text: string) => Date.parse(`2026-11-${text}Z`);

async function world() {
  const store = memoryExecutionStore();
  const seen = new Map<string, number>();
  const started: string[] = [];
  const problems: string[] = [];
  let now = at('26T12:00:00');
  const make = () =>
    dueSchedules({
      schedules: { nightly: settings },
      store,
      runner: {
        async start({ name, input }) {
          started.push(`${name} ${input}`);
          return { kind: 'started', execution: {} as never };
        },
      },
      machineArn: (workflow) => storedMachine(workflow, {}).arn,
      seen: { read: async (name) => seen.get(name), write: async (name, instant) => void seen.set(name, instant) },
      now: () => now,
      onProblem: (problem, thrown) => problems.push(`${problem}: ${String(thrown)}`),
    });
  await store.putMachine(storedMachine('backup', {}));
  return { make, started, problems, store, go: (instant: string) => void (now = at(instant)) };
}

describe('dueSchedules', () => {
  it('starts a new schedule at its next instant, not at the one before it was there', async () => {
    const { make, started, go } = await world();
    await make()();
    expect(started).toEqual([]);

    go('27T02:00:30');
    await make()();
    await make()();
    expect(started).toEqual([
      `nightly-20261127T020000Z ${JSON.stringify({ group: 'shop', scheduledAt: at('27T02:00:00') })}`,
    ]);
  });

  it('starts only the newest of the instants that passed while nobody asked', async () => {
    const { make, started, go } = await world();
    await make()();
    go('30T03:00:00');
    await make()();

    expect(started.map((text) => text.split(' ')[0])).toEqual(['nightly-20261130T020000Z']);
  });

  it('tries again what could not be started', async () => {
    const { make, started, problems, store, go } = await world();
    await make()();
    await store.deleteMachine(storedMachine('backup', {}).arn);
    go('27T02:00:30');
    await make()();
    expect([started, problems]).toEqual([[], [expect.stringContaining('no state machine backup')]]);

    await store.putMachine(storedMachine('backup', {}));
    go('27T02:01:30');
    await make()();
    expect(started).toHaveLength(1);
  });
});
