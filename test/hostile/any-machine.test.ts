import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Machine } from '../../engine/asl/machine.ts';
import { readMachine } from '../../engine/asl/index.ts';
import type { HistoryEvent } from '../../engine/core/history.ts';
import { anyMachine } from './arbitrary-machine.ts';
import { anyValue } from './arbitrary-values.ts';
import { mutated } from './mutated.ts';
import { type Lives, type Run, runInLives } from './run-in-lives.ts';

const knows = () => true;

/** Machines that the reader takes, with an input and a seed of what happens outside. */
const case_ = fc.record({
  definition: anyMachine.map((each) => JSON.stringify(each)),
  input: anyValue,
  seed: fc.nat(),
});

function accepted(definition: string): Machine | undefined {
  const reading = readMachine(definition, { knows });
  return reading.ok ? reading.machine : undefined;
}

describe('whatever machine is generated,', () => {
  it('most are taken by the reader', () => {
    const machines = fc.sample(anyMachine, { numRuns: 100, seed: 1 });
    const taken = machines.filter((each) => accepted(JSON.stringify(each)) !== undefined);

    expect(taken.length).toBeGreaterThan(70);
  });

  it('the reader takes it or says why not, also when it was damaged', () => {
    fc.assert(
      fc.property(mutated(anyMachine), (definition) => {
        const reading = readMachine(definition, { knows });
        expect(reading.ok || reading.diagnostics.some(({ severity }) => severity === 'ERROR')).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('its execution ends, or waits for a worker, and its history is well formed', async () => {
    await fc.assert(
      fc.asyncProperty(case_, async ({ definition, input, seed }) => {
        const machine = accepted(definition);
        if (machine === undefined) return;
        const run = await runInLives(machine, definition, JSON.stringify(input), {
          crashes: 'never',
          noise: false,
          seed,
        });
        expectEndOrWait(run);
        expectWellFormed(run);
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it('a damaged one that is still taken ends or waits too', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(anyMachine), anyValue, async (definition, input) => {
        const machine = accepted(definition);
        if (machine === undefined) return;
        expectEndOrWait(
          await runInLives(machine, definition, JSON.stringify(input), { crashes: 'never', noise: false, seed: 1 }),
        );
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it('results that are late, doubled or for nobody change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(case_, async ({ definition, input, seed }) => {
        const machine = accepted(definition);
        if (machine === undefined) return;
        const run = (noise: boolean) =>
          runInLives(machine, definition, JSON.stringify(input), { crashes: 'never', noise, seed });
        const [quiet, noisy] = [await run(false), await run(true)];
        expect(noisy.history).toEqual(quiet.history);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('a process that dies before or after every commit writes the history that one that lives does', async () => {
    await fc.assert(
      fc.asyncProperty(case_, async ({ definition, input, seed }) => {
        const machine = accepted(definition);
        if (machine === undefined) return;
        const run = (crashes: Lives['crashes']) =>
          runInLives(machine, definition, JSON.stringify(input), { crashes, noise: false, seed });
        const lived = await run('never');
        if (lived.history.length > 2000) return;
        for (const crashes of ['after', 'before'] as const) {
          const died = await run(crashes);
          expect(died.history).toEqual(lived.history);
          expect(died.frames).toEqual(JSON.parse(JSON.stringify(lived.frames)));
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

function expectEndOrWait({ summary, frames, commits, history }: Run): void {
  const waits = Object.values(frames).some((frame) => frame.kind === 'run' && frame.doing.phase === 'task');
  if (summary.status === 'RUNNING' && !waits) throw new Error('it runs, and nothing would ever move it on');
  expect(commits).toBeLessThanOrEqual(2 * history.length + 10);
}

function expectWellFormed({ summary, history }: Run): void {
  expect(history.map(({ id }) => id)).toEqual(history.map((_, at) => at + 1));
  for (const { id, previousEventId } of history) expect(previousEventId).toBeLessThan(id);
  const times = history.map(({ timestamp }) => timestamp);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(history.length).toBeLessThanOrEqual(25_000);
  const ends = history.filter(({ type }) => /^Execution(Succeeded|Failed|TimedOut|Aborted)$/.test(type));
  expect(ends).toEqual(summary.status === 'RUNNING' ? [] : history.slice(-1));
  const [entered, exited] = [count(history, /StateEntered$/), count(history, /StateExited$/)];
  for (const [name, times] of exited) expect(times).toBeLessThanOrEqual(entered.get(name) ?? 0);
  // Lines that a sibling's failure stopped never leave the state they were in.
  const stopped = [/^(Map|Parallel)StateStarted$/, /(Failed|TimedOut)$/].every((type) =>
    history.some((event) => type.test(event.type)),
  );
  if (summary.status === 'SUCCEEDED' && !stopped) expect(exited).toEqual(entered);
}

function count(history: readonly HistoryEvent[], type: RegExp): Map<string, number> {
  const counted = new Map<string, number>();
  for (const event of history.filter((each) => type.test(each.type))) {
    const details = event.stateEnteredEventDetails ?? event.stateExitedEventDetails;
    const name = JSON.stringify(details?.['name']);
    counted.set(name, (counted.get(name) ?? 0) + 1);
  }
  return counted;
}
