import { describe, expect, it } from 'vitest';
import type { Json } from '../data/json.ts';
import { functionArn, runMachine } from '../../test/support/run-machine.ts';

const P = { Type: 'Pass', End: true };
const work = { Type: 'Task', Resource: functionArn('work'), End: true };
const processor = (state: object = P, ExecutionType = 'STANDARD') => ({
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType },
  StartAt: 'P',
  States: { P: state },
});
const each = (fields: object, state?: object) => ({
  Type: 'Map',
  Label: 'each',
  ItemProcessor: processor(state),
  End: true,
  ...fields,
});
const machine = (fields: object = {}, state?: object) => ({ StartAt: 'Each', States: { Each: each(fields, state) } });

/** Fails for the items named. */
const failingFor = (...items: Json[]) => ({
  work: (item: Json) => {
    if (items.includes(item)) throw Object.assign(new Error(`not ${JSON.stringify(item)}`), { name: 'Bad' });
    return item;
  },
});
const never = () => new Promise<Json>(() => undefined);

describe('a distributed Map', () => {
  it('leaves the events that AWS leaves, and none of its executions', async () => {
    const { history } = await runMachine(machine(), { input: [1, 2] });

    expect(history.map(({ previousEventId, type }) => [previousEventId, type])).toEqual([
      [0, 'ExecutionStarted'],
      [0, 'MapStateEntered'],
      [2, 'MapStateStarted'],
      [3, 'MapRunStarted'],
      [4, 'MapRunSucceeded'],
      [5, 'MapStateSucceeded'],
      [4, 'MapStateExited'],
      [7, 'ExecutionSucceeded'],
    ]);
  });

  it('gives each item an execution with an ARN, an input and an output of its own', async () => {
    const { children, mapRuns, output } = await runMachine(machine(), { input: ['a', 'b'] });
    const name = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);

    expect(output).toEqual(['a', 'b']);
    expect(children).toEqual(
      ['"a"', '"b"'].map((text) =>
        expect.objectContaining({
          arn: expect.stringMatching(/^arn:aws:states:us-east-1:000000000000:execution:machine\/each:[0-9a-f-]{36}$/),
          machineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:machine/each',
          mapRunArn: mapRuns[0]?.arn,
          name,
          status: 'SUCCEEDED',
          input: text,
          output: text,
        }),
      ),
    );
  });

  it('names Express executions by their Map Run too', async () => {
    const ItemProcessor = processor(P, 'EXPRESS');
    const { children } = await runMachine(machine({ ItemProcessor }), { input: [1] });

    expect(children[0]?.arn).toMatch(/:express:machine\/each:[0-9a-f-]{36}:[0-9a-f-]{36}$/);
  });

  it('shows its executions themselves in their context object', async () => {
    const state = {
      Type: 'Pass',
      Parameters: { 'id.$': '$$.StateMachine.Id', 'in.$': '$$.Execution.Input' },
      End: true,
    };
    const { output } = await runMachine(machine({}, state), { input: [1] });

    expect(output).toEqual([{ id: 'arn:aws:states:us-east-1:000000000000:stateMachine:machine/each', in: 1 }]);
  });

  it('makes inputs by its ItemSelector, which sees the item and where it comes from', async () => {
    const ItemSelector = { 'item.$': '$$.Map.Item', 'all.$': '$.all' };
    const { output } = await runMachine(machine({ ItemSelector, ItemsPath: '$.items' }), {
      input: { items: ['a'], all: 7 },
    });

    expect(output).toEqual([{ item: { Index: 0, Value: 'a', Source: 'STATE_DATA' }, all: 7 }]);
  });

  it('goes over the members of an object, each with its key', async () => {
    const ItemSelector = { 'key.$': '$$.Map.Item.Key', 'value.$': '$$.Map.Item.Value' };
    const { output, history } = await runMachine(machine({ ItemSelector }), { input: { a: 1, b: [2] } });

    expect(output).toEqual([
      { key: 'a', value: 1 },
      { key: 'b', value: [2] },
    ]);
    expect(history.find(({ type }) => type === 'MapStateStarted')).toMatchObject({
      mapStateStartedEventDetails: { length: 2 },
    });
  });

  it('keeps to its MaxConcurrency, and to the order of the items in its result', async () => {
    let [running, most] = [0, 0];
    const functions = {
      work: async (item: Json) => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        return item;
      },
    };
    const input = Array.from({ length: 12 }, (_, i) => i);
    const { output } = await runMachine(machine({ MaxConcurrency: 3 }, work), { input, functions });

    expect(most).toBe(3);
    expect(output).toEqual(input);
  });

  it('gives more executions than one step starts', async () => {
    const input = Array.from({ length: 350 }, (_, i) => i);
    const { output, mapRuns } = await runMachine(machine(), { input });

    expect(output).toEqual(input);
    expect(mapRuns).toMatchObject([
      { status: 'SUCCEEDED', executionCounts: { succeeded: 350, total: 350, pending: 0 } },
    ]);
  });

  it('has an empty result for no items', async () => {
    expect((await runMachine(machine(), { input: [] })).output).toEqual([]);
  });

  it('may stand inside the executions of another', async () => {
    const inner = each({ Label: 'inner', ItemProcessor: { ...processor(), StartAt: 'Q', States: { Q: P } } });
    const { output, children } = await runMachine(machine({}, inner), { input: [[1, 2], [3]] });

    expect(output).toEqual([[1, 2], [3]]);
    expect(new Set(children.map(({ machineArn }) => machineArn.split(':').at(-1)))).toEqual(
      new Set(['machine/each', 'machine/inner']),
    );
  });
});

describe('batches', () => {
  it('put items together with what all of them have', async () => {
    const ItemBatcher = { MaxItemsPerBatch: 2, BatchInput: { 'by.$': '$.by' } };
    const { output, mapRuns } = await runMachine(machine({ ItemBatcher, ItemsPath: '$.items' }), {
      input: { by: 'me', items: [1, 2, 3] },
    });

    expect(output).toEqual([
      { BatchInput: { by: 'me' }, Items: [1, 2] },
      { BatchInput: { by: 'me' }, Items: [3] },
    ]);
    expect(mapRuns).toMatchObject([{ itemCounts: { total: 3 }, executionCounts: { total: 2, succeeded: 2 } }]);
  });

  it('have no limit where a path gives 0', async () => {
    const ItemBatcher = { MaxItemsPerBatchPath: '$.most' };
    const { output } = await runMachine(machine({ ItemBatcher, ItemsPath: '$.all' }), {
      input: { most: 0, all: [1, 2] },
    });

    expect(output).toEqual([{ Items: [1, 2] }]);
  });

  it('count with all their items when they fail', async () => {
    const functions = { work: () => Promise.reject(new Error('no')) };
    const fields = { ItemBatcher: { MaxItemsPerBatch: 2 }, ToleratedFailureCount: 1 };
    const { mapRuns } = await runMachine(machine(fields, work), { input: [1, 2, 3], functions });

    expect(mapRuns).toMatchObject([{ status: 'FAILED', itemCounts: { failed: 2 }, executionCounts: { failed: 1 } }]);
  });
});

describe('failed items', () => {
  const failed = {
    status: 'FAILED',
    error: 'States.ExceedToleratedFailureThreshold',
    cause: 'The specified tolerated failure threshold was exceeded',
  };

  it('fail the Map when nothing says that they may', async () => {
    const { summary, types, history } = await runMachine(machine({}, work), {
      input: [1, 2],
      functions: failingFor(2),
    });

    expect(summary).toMatchObject(failed);
    expect(types.slice(-4)).toEqual(['MapRunStarted', 'MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
    expect(history.at(-3)).toMatchObject({
      previousEventId: 4,
      mapRunFailedEventDetails: { error: failed.error, cause: failed.cause },
    });
  });

  it.each([
    [{ ToleratedFailureCount: 2 }, 'SUCCEEDED'],
    [{ ToleratedFailureCount: 1 }, 'FAILED'],
    [{ ToleratedFailurePercentage: 50 }, 'SUCCEEDED'],
    [{ ToleratedFailurePercentage: 49.9 }, 'FAILED'],
    [{ ToleratedFailureCount: 2, ToleratedFailurePercentage: 10 }, 'FAILED'],
    [{ ToleratedFailureCount: 1, ToleratedFailurePercentage: 90 }, 'FAILED'],
  ])('of half the four items, with %j, make it %s', async (tolerance, status) => {
    const { summary, mapRuns } = await runMachine(machine(tolerance, work), {
      input: [1, 2, 3, 4],
      functions: failingFor(2, 4),
    });

    expect(summary.status).toBe(status);
    expect(mapRuns).toMatchObject([{ status }]);
  });

  it('that are tolerated stand in the result with all that is known of them', async () => {
    const { output } = await runMachine(machine({ ToleratedFailureCount: 1 }, work), {
      input: [1, 2],
      functions: failingFor(1),
    });

    expect(output).toEqual([
      expect.objectContaining({ Status: 'FAILED', Error: 'Bad', Cause: 'not 1', Input: '1', RedriveCount: 0 }),
      2,
    ]);
  });

  it('can be caught, and tried again as another Map Run', async () => {
    const States = {
      Each: each(
        {
          Retry: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'], MaxAttempts: 1 }],
          Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.caught', Next: 'Caught' }],
          ItemsPath: '$.items',
        },
        work,
      ),
      Caught: { Type: 'Succeed' },
    };
    const { output, types, mapRuns } = await runMachine(
      { StartAt: 'Each', States },
      { input: { items: [1] }, functions: failingFor(1) },
    );

    expect(output).toEqual({ items: [1], caught: { Error: failed.error, Cause: failed.cause } });
    expect(types.filter((type) => type === 'MapRunStarted').length).toBe(2);
    expect(mapRuns.map(({ status }) => status)).toEqual(['FAILED', 'FAILED']);
  });

  it('stop the executions that still run, and start no more', async () => {
    const functions = { work: (item: Json) => (item === 2 ? Promise.reject(new Error('no')) : never()) };
    const { children, mapRuns } = await runMachine(machine({ MaxConcurrency: 3 }, work), {
      input: [1, 2, 3, 4, 5],
      functions,
    });

    expect(children.map(({ status }) => status).sort()).toEqual(['ABORTED', 'ABORTED', 'FAILED']);
    expect(mapRuns).toMatchObject([
      { status: 'FAILED', itemCounts: { pending: 2, running: 0, failed: 1, aborted: 2, total: 5, resultsWritten: 0 } },
    ]);
  });
});

describe('a distributed Map that cannot do its work', () => {
  const prefix = "An error occurred while executing the state 'Each' (entered at the event id #2). ";

  it.each([
    [
      { ToleratedFailureCountPath: '$.n' },
      '"no"',
      'The ToleratedFailureCountPath field refers to value "no" which is not a valid integer: $.n',
    ],
    [
      { ToleratedFailureCountPath: '$.n' },
      '{}',
      'The ToleratedFailureCountPath field refers to value "{}" which is not a valid integer: $.n',
    ],
    [{ ToleratedFailureCountPath: '$.n' }, '-1', 'ToleratedFailureCount cannot be negative.'],
    [
      { ToleratedFailurePercentagePath: '$.n' },
      '"no"',
      'The ToleratedFailurePercentagePath field refers to value "no" which is not a valid float: $.n',
    ],
    [{ ToleratedFailurePercentagePath: '$.n' }, '-1.1', 'ToleratedFailurePercentage must be between 0 and 100.'],
    [{ ToleratedFailurePercentagePath: '$.n' }, '100.1', 'ToleratedFailurePercentage must be between 0 and 100.'],
  ])('with %j, a number that is %s, fails before it starts', async (fields, n, cause) => {
    const inputText = `{"items":[1],"n":${n}}`;
    const { summary, types } = await runMachine(machine({ ...fields, ItemsPath: '$.items' }), { inputText });

    expect(summary).toMatchObject({ status: 'FAILED', error: 'States.Runtime', cause: prefix + cause });
    expect(types).toEqual(['ExecutionStarted', 'MapStateEntered', 'ExecutionFailed']);
  });

  it('fails with its run when an ItemSelector has no value for an item', async () => {
    const ItemSelector = { 'a.$': '$$.Map.Item.Value.a' };
    const { summary, mapRuns, types } = await runMachine(machine({ ItemSelector, MaxConcurrency: 1 }), {
      input: [{ a: 1 }, {}],
    });

    expect(summary).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(types).toContain('MapRunFailed');
    expect(mapRuns).toMatchObject([{ status: 'FAILED', itemCounts: { succeeded: 1, pending: 1 } }]);
  });

  it('fails with its run when its result is too large', async () => {
    const { summary } = await runMachine(machine(), {
      input: ['a', 'b'].map((letter) => letter.repeat(131_100)).slice(0, 1),
    });
    expect(summary.status).toBe('SUCCEEDED');

    const state = { Type: 'Pass', Result: 'x'.repeat(200_000), End: true };
    const large = await runMachine(machine({}, state), { input: [1, 2] });
    expect(large.summary).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
    expect(large.mapRuns).toMatchObject([{ status: 'FAILED' }]);
  });
});

describe('a distributed Map whose execution ends before it', () => {
  it('is aborted with its executions when the machine times out', async () => {
    const { summary, children, mapRuns } = await runMachine(
      { ...machine({}, work), TimeoutSeconds: 5 },
      { input: [1, 2], functions: { work: never } },
    );

    expect(summary.status).toBe('TIMED_OUT');
    expect(children.map(({ status }) => status)).toEqual(['ABORTED', 'ABORTED']);
    expect(mapRuns).toMatchObject([{ status: 'ABORTED', executionCounts: { aborted: 2, running: 0 } }]);
  });

  it('is aborted, and says so, when another branch fails', async () => {
    const States = { Later: { Type: 'Wait', Seconds: 1, Next: 'No' }, No: { Type: 'Fail', Error: 'No' } };
    const Branches = [machine({}, work), { StartAt: 'Later', States }];
    const { types, children, mapRuns } = await runMachine(
      { StartAt: 'Both', States: { Both: { Type: 'Parallel', Branches, End: true } } },
      { input: [1], functions: { work: never } },
    );

    expect(types).toEqual(expect.arrayContaining(['MapRunAborted', 'MapStateAborted', 'ParallelStateFailed']));
    expect(mapRuns).toMatchObject([{ status: 'ABORTED' }]);
    expect(children.map(({ status }) => status)).toEqual(['ABORTED']);
  });
});
