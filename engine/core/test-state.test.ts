import { describe, expect, it } from 'vitest';
import { toEpochMs } from '../data/instant.ts';
import type { Json } from '../data/json.ts';
import { readMachine } from '../asl/read-machine.ts';
import { type StateTest, type TestAnswer, testState } from './test-state.ts';
import type { Sight } from './watch.ts';

const facts = {
  arn: 'arn:aws:states:us-east-1:000000000000:express:m:run',
  name: 'run',
  roleArn: '',
  machineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m',
  machineName: 'm',
  startedAt: toEpochMs(0),
  input: {},
  waiter: undefined,
};

/** Tests the one state of a definition and gives what was seen on the way. */
function tested(state: object, answer?: TestAnswer, given: Partial<StateTest> = {}) {
  const reading = readMachine(JSON.stringify({ StartAt: 'S', States: { S: state } }), {
    isOneState: true,
    knows: () => true,
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.diagnostics));
  const sights: Sight[] = [];
  const context = {
    now: toEpochMs(0),
    seed: 'seed',
    watch: (sight: Sight) => void sights.push(sight),
    alone: { contextObject: { State: { Name: 'S' } } },
  };
  const rest = { input: {}, variables: {}, retryCount: 0, failedIterations: 0, facts, context, ...given };
  return { where: testState({ machine: reading.machine, state: 'S', ...rest }, answer), sights };
}

const values = (sights: readonly Sight[]): { [stage: string]: Json } =>
  Object.fromEntries(sights.flatMap((sight) => (sight.kind === 'value' ? [[sight.stage, sight.value]] : [])));

const failed: TestAnswer = { kind: 'failed', failure: { error: 'Broken', cause: 'by test' } };
const call = { Type: 'Task', Resource: 'arn:aws:lambda:us-east-1:000000000000:function:f' };

describe('testState', () => {
  it('leaves a state for one that is not there', () => {
    const { where } = tested({ Type: 'Pass', Result: 1, Next: 'Elsewhere' });

    expect(where).toEqual({ kind: 'succeeded', output: 1, next: 'Elsewhere', variables: {} });
  });

  it('waits for a task that has no answer, and shows what it would send', () => {
    const { where, sights } = tested({ ...call, Parameters: { 'x.$': '$.a' }, End: true }, undefined, {
      input: { a: 1 },
    });

    expect(where).toMatchObject({ kind: 'waits', effect: { kind: 'RunTask', input: { x: 1 } } });
    expect(values(sights)).toEqual({ afterInputPath: { a: 1 }, afterParameters: { x: 1 } });
  });

  it('shows every value on the way of a result', () => {
    const state = { ...call, ResultSelector: { 'y.$': '$.x' }, ResultPath: '$.r', End: true };
    const { where, sights } = tested(state, { kind: 'succeeded', output: { x: 1 } }, { input: { a: 1 } });

    expect(where).toMatchObject({ kind: 'succeeded', output: { a: 1, r: { y: 1 } }, next: null });
    expect(values(sights)).toMatchObject({
      result: { x: 1 },
      afterResultSelector: { y: 1 },
      afterResultPath: { a: 1, r: { y: 1 } },
    });
  });

  it('says which retrier would try again and when', () => {
    const state = { ...call, Retry: [{ ErrorEquals: ['Broken'], IntervalSeconds: 2, MaxAttempts: 3 }], End: true };
    const { where, sights } = tested(state, failed, { retryCount: 2 });

    expect(where.kind).toBe('retries');
    expect(sights).toContainEqual(expect.objectContaining({ kind: 'retrier', index: 0, delaySeconds: 8 }));
  });

  it('fails when the attempts are used up', () => {
    const state = { ...call, Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 3 }], End: true };
    const { where } = tested(state, failed, { retryCount: 3 });

    expect(where).toMatchObject({ kind: 'failed', failure: { error: 'Broken', cause: 'by test' } });
  });

  it('goes where a catcher leads', () => {
    const state = { ...call, Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.e', Next: 'Mend' }], End: true };
    const { where, sights } = tested(state, failed);

    expect(where).toMatchObject({ next: 'Mend', output: { e: { Error: 'Broken', Cause: 'by test' } } });
    expect(sights).toContainEqual(expect.objectContaining({ kind: 'catcher', index: 0 }));
  });

  it('says why an expression failed without a place in a history', () => {
    const { where } = tested({ Type: 'Pass', InputPath: '$.missing', End: true });

    expect(where).toMatchObject({
      kind: 'failed',
      failure: { error: 'States.Runtime', cause: expect.not.stringContaining('entered at the event id') },
    });
  });

  it('assigns variables', () => {
    const state = { Type: 'Pass', QueryLanguage: 'JSONata', Assign: { n: '{% $m + 1 %}' }, End: true };

    expect(tested(state, undefined, { variables: { m: 1 } }).where).toMatchObject({ variables: { m: 1, n: 2 } });
  });

  describe('of a Map', () => {
    const inner = { StartAt: 'I', States: { I: { Type: 'Pass', End: true } } };
    const map = { Type: 'Map', ItemProcessor: inner, End: true };
    const done: TestAnswer = { kind: 'succeeded', output: [1, 2] };

    it('takes the result as that of all iterations, which do not run', () => {
      const state = { ...map, ItemSelector: { 'i.$': '$$.Map.Item.Index' } };
      const { where, sights } = tested(state, done, { input: ['a', 'b'] });

      expect(where).toMatchObject({ kind: 'succeeded', output: [1, 2] });
      expect(values(sights)).toMatchObject({
        afterItemsPath: ['a', 'b'],
        afterItemSelector: [{ i: 0 }, { i: 1 }],
        maxConcurrency: 0,
      });
    });

    it.each([
      ['no count', {}, 1],
      ['a count', { ToleratedFailureCount: 1 }, 2],
      ['a percentage', { ToleratedFailurePercentage: 49 }, 1],
    ])('fails when more iterations failed than %s allows', (_, tolerance, failedIterations) => {
      const { where } = tested({ ...map, ...tolerance }, done, { input: [1, 2], failedIterations });

      expect(where).toMatchObject({ failure: { error: 'States.ExceedToleratedFailureThreshold' } });
    });

    it('stands as many failed iterations as it tolerates', () => {
      const { where } = tested({ ...map, ToleratedFailurePercentage: 50 }, done, {
        input: [1, 2],
        failedIterations: 1,
      });

      expect(where.kind).toBe('succeeded');
    });

    it('shows the batches that the child executions of a distributed Map would get', () => {
      const processor = { ...inner, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } };
      const state = { ...map, ItemProcessor: processor, ItemBatcher: { MaxItemsPerBatch: 2 } };
      const { sights } = tested(state, done, { input: [1, 2, 3] });

      expect(values(sights)).toMatchObject({ afterItemBatcher: [{ Items: [1, 2] }, { Items: [3] }] });
    });

    it('reads the data of a reader in place of its items', () => {
      const { sights } = tested(map, done, { readerData: [7] });

      expect(values(sights)).toMatchObject({ afterItemsPath: [7] });
    });
  });
});
