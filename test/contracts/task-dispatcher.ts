import { beforeEach, describe, expect, it } from 'vitest';
import { toEpochMs } from '../../engine/data/instant.ts';
import type { Json } from '../../engine/data/json.ts';
import type { TaskDispatcher, TaskOutcome, TaskRequest } from '../../engine/runner/ports.ts';
import type { TestClock } from '../support/test-clock.ts';

/** An implementation under test, with a worker that the suite drives. */
interface DispatcherUnderTest {
  readonly dispatcher: TaskDispatcher;
  readonly clock: TestClock;
  /** An ARN with a worker. */
  readonly resource: string;
  /** Inputs of the tasks that the worker was given, in order. */
  readonly given: () => readonly Json[];
  /** What the worker answers to the task with this key; it may be nobody's task any more. */
  readonly succeed: (key: string, output: Json) => void;
  readonly fail: (key: string, error: string, cause: string) => void;
}

/** What every TaskDispatcher does: the sentences of the port, one by one. */
export function taskDispatcherContract(name: string, create: () => DispatcherUnderTest): void {
  describe(`TaskDispatcher: ${name}`, () => {
    let tested: DispatcherUnderTest;
    let reports: { key: string; outcome: TaskOutcome }[];
    beforeEach(() => {
      tested = create();
      reports = [];
    });

    const dispatch = (key: string, more: Partial<TaskRequest> = {}) =>
      tested.dispatcher.dispatch(taskOf(key, tested.resource, more), (outcome) => void reports.push({ key, outcome }));

    it('knows what it has a worker for', () => {
      expect(tested.dispatcher.knows(tested.resource)).toBe(true);
      expect(tested.dispatcher.knows(`${tested.resource}-other`)).toBe(false);
    });

    it('gives the worker the task and reports what it answered', async () => {
      dispatch('a', { input: { release: 'sha256:1' } });
      await quiet();
      tested.succeed('a', { ready: true });
      await quiet();

      expect(tested.given()).toEqual([{ release: 'sha256:1' }]);
      expect(reports).toEqual([{ key: 'a', outcome: { kind: 'succeeded', output: { ready: true } } }]);
    });

    it('reports a failure by its name', async () => {
      dispatch('a');
      await quiet();
      tested.fail('a', 'Pointsman.NotReady', 'no candidate');
      await quiet();

      expect(reports).toMatchObject([{ outcome: { kind: 'failed', error: 'Pointsman.NotReady' } }]);
      expect(reports[0]?.outcome).toHaveProperty('cause', expect.stringContaining('no candidate'));
    });

    it('reports nothing before it has accepted the task', () => {
      dispatch('a', { resource: `${tested.resource}-other` });
      expect(reports).toEqual([]);
    });

    it('fails a task that nobody can do', async () => {
      dispatch('a', { resource: `${tested.resource}-other` });
      await quiet();
      expect(reports).toMatchObject([{ outcome: { kind: 'failed', error: 'Lambda.ResourceNotFoundException' } }]);
    });

    it('gives the worker a key once and reports it once, though it is dispatched again while it is open', async () => {
      dispatch('a');
      dispatch('a');
      await quiet();
      dispatch('a');
      tested.succeed('a', 1);
      tested.succeed('a', 2);
      await quiet();

      expect(tested.given()).toHaveLength(1);
      expect(reports).toEqual([{ key: 'a', outcome: { kind: 'succeeded', output: 1 } }]);
    });

    it('does a task again that is dispatched again after its report', async () => {
      for (const output of [1, 2]) {
        dispatch('a');
        await quiet();
        tested.succeed('a', output);
        await quiet();
      }
      expect(reports.map(({ outcome }) => outcome)).toEqual([1, 2].map((output) => ({ kind: 'succeeded', output })));
    });

    it('keeps tasks apart', async () => {
      dispatch('a');
      dispatch('b');
      await quiet();
      tested.succeed('b', 'b');
      tested.fail('a', 'Error', 'a');
      await quiet();

      expect(reports.map(({ key, outcome }) => `${key} ${outcome.kind}`).sort()).toEqual(['a failed', 'b succeeded']);
    });

    it('reports nothing of a task that was cancelled', async () => {
      dispatch('a');
      dispatch('b');
      await quiet();
      tested.dispatcher.cancel('a');
      tested.succeed('a', 1);
      tested.succeed('b', 2);
      await quiet();

      expect(reports.map(({ key }) => key)).toEqual(['b']);
    });

    it('takes the cancelling of a key that is not open', () => {
      expect(() => tested.dispatcher.cancel('never')).not.toThrow();
    });

    it('reports nothing of a task that was not done by its deadline', async () => {
      dispatch('a', { deadline: toEpochMs(tested.clock.now() + 1000) });
      dispatch('b', { deadline: toEpochMs(tested.clock.now() + 3000) });
      await quiet();
      tested.clock.advance(1000);
      tested.succeed('a', 1);
      tested.succeed('b', 2);
      await quiet();
      tested.clock.advance(5000);
      await quiet();

      expect(reports.map(({ key }) => key)).toEqual(['b']);
    });
  });
}

const taskOf = (key: string, resource: string, more: Partial<TaskRequest>): TaskRequest => ({
  key,
  execution: 'arn:aws:states:us-east-1:000000000000:execution:deploy:1',
  resource,
  input: {},
  taskToken: undefined,
  deadline: undefined,
  ...more,
});

/** Every promise that is ready has run. */
const quiet = () => new Promise<void>((resolve) => setImmediate(resolve));
