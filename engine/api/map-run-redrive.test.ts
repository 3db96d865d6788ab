import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ApiUnderTest,
  apiUnderTest,
  executionArn,
  machineArn,
  roleArn,
} from '../../test/support/api-under-test.ts';
import { functionArn } from '../../test/support/run-machine.ts';

const DAY_MS = 86_400_000;
const call: object = { Type: 'Task', Resource: functionArn('verify-release'), End: true };

describe('RedriveExecution of an execution whose Map Run failed', () => {
  let tested: ApiUnderTest;
  let api: ApiUnderTest['operations'];
  const arn = executionArn('deploy', '1');
  beforeEach(() => {
    tested = apiUnderTest();
    api = tested.operations;
  });

  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) {
      await new Promise(setImmediate);
      await tested.runner.settled();
    }
  };
  const work: object = { Call: call };
  const map = (fields: object = {}, { ExecutionType = 'STANDARD', states = work } = {}) => ({
    Type: 'Map',
    Label: 'all',
    ItemProcessor: {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType },
      StartAt: Object.keys(states)[0],
      States: states,
    },
    End: true,
    ...fields,
  });
  const start = async (states: object, input: unknown = [1, 2, 3], more: object = {}) => {
    const definition = JSON.stringify({ StartAt: Object.keys(states)[0], States: states, ...more });
    await api.CreateStateMachine({ name: 'deploy', definition, roleArn });
    await api.StartExecution({ stateMachineArn: machineArn('deploy'), name: '1', input: JSON.stringify(input) });
    await settle();
  };
  /** Tasks that are open now, by their input as JSON. */
  const open = () => {
    const keys = tested.dispatcher.open();
    const tasks = tested.dispatcher.accepted.filter(({ key }) => keys.includes(key));
    return new Map(tasks.map((task) => [JSON.stringify(task.input), task]));
  };
  const answer = async (input: unknown, how: 'succeed' | 'fail' = 'succeed') => {
    const { key = '' } = open().get(JSON.stringify(input)) ?? {};
    if (how === 'fail') tested.dispatcher.fail(key, 'No', 'not today');
    else tested.dispatcher.succeed(key, `done ${JSON.stringify(input)}`);
    await settle();
  };
  const redrive = async () => {
    const redriven = await api.RedriveExecution({ executionArn: arn });
    await settle();
    return redriven;
  };
  const described = () => api.DescribeExecution({ executionArn: arn });
  const types = async (from = 0) =>
    (await api.GetExecutionHistory({ executionArn: arn })).events.slice(from).map(({ type }) => type);
  const mapRuns = async () => {
    const { mapRuns: runs } = await api.ListMapRuns({ executionArn: arn });
    return Promise.all(runs.map(({ mapRunArn }) => api.DescribeMapRun({ mapRunArn })));
  };
  const onlyRun = async () => {
    const runs = await mapRuns();
    expect(runs).toHaveLength(1);
    return runs[0] ?? expect.fail('there is no Map Run');
  };
  /** Executions of the Map Run, oldest first. */
  const children = async (filter: object = {}) => {
    const { mapRunArn } = await onlyRun();
    return (await api.ListExecutions({ mapRunArn, ...filter })).executions.toReversed();
  };

  it('runs only what failed again, in the same Map Run and the same executions', async () => {
    await start({ All: map() });
    await answer(1);
    const before = await children();
    await answer(2, 'fail'); // 3 is stopped
    expect(await described()).toMatchObject({ status: 'FAILED', error: 'States.ExceedToleratedFailureThreshold' });
    const failed = await onlyRun();
    expect(failed).toMatchObject({
      status: 'FAILED',
      redriveCount: 0,
      executionCounts: { succeeded: 1, failed: 1, aborted: 1, total: 3, pendingRedrive: 0 },
    });

    tested.clock.advance(60_000);
    await redrive();
    expect([...open().keys()]).toEqual(['2', '3']);
    expect(await onlyRun()).toMatchObject({
      mapRunArn: failed.mapRunArn,
      status: 'RUNNING',
      startDate: failed.startDate,
      redriveCount: 1,
      redriveDate: 1767225660,
      executionCounts: { succeeded: 1, running: 2, failed: 0, aborted: 0, total: 3, pendingRedrive: 0 },
    });
    await answer(3);
    await answer(2);

    expect(await described()).toMatchObject({ status: 'SUCCEEDED', output: '["done 1","done 2","done 3"]' });
    expect(await onlyRun()).toMatchObject({ status: 'SUCCEEDED', itemCounts: { succeeded: 3, resultsWritten: 3 } });
    const after = await children();
    expect(after.map(({ executionArn: each }) => each)).toEqual(before.map(({ executionArn: each }) => each));
    expect(after.map(({ status, redriveCount }) => [status, redriveCount])).toEqual([
      ['SUCCEEDED', 0],
      ['SUCCEEDED', 1],
      ['SUCCEEDED', 1],
    ]);
    const { events } = await api.GetExecutionHistory({ executionArn: after[1]?.executionArn });
    expect(events.map(({ type }) => type).slice(4)).toEqual([
      'LambdaFunctionFailed',
      'ExecutionFailed',
      'ExecutionRedriven',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('says so in the history, with the Map Run and how often it was redriven', async () => {
    await start({ All: map() }, [1]);
    for (let count = 1; count < 3; count++) {
      await answer(1, 'fail');
      await redrive();
    }
    await answer(1);
    const { events } = await api.GetExecutionHistory({ executionArn: arn });
    const { mapRunArn } = await onlyRun();

    expect(await types(3)).toEqual([
      'MapRunStarted',
      'MapRunFailed',
      'MapStateFailed',
      'ExecutionFailed',
      'ExecutionRedriven',
      'MapRunRedriven',
      'MapRunFailed',
      'MapStateFailed',
      'ExecutionFailed',
      'ExecutionRedriven',
      'MapRunRedriven',
      'MapRunSucceeded',
      'MapStateSucceeded',
      'MapStateExited',
      'ExecutionSucceeded',
    ]);
    expect(events.filter(({ type }) => type === 'MapRunRedriven')).toMatchObject([
      { previousEventId: 8, mapRunRedrivenEventDetails: { mapRunArn, redriveCount: 1 } },
      { previousEventId: 13, mapRunRedrivenEventDetails: { mapRunArn, redriveCount: 2 } },
    ]);
  });

  it('keeps to its concurrency: the others wait as PENDING_REDRIVE', async () => {
    await start({ All: map({ MaxConcurrency: 1, ToleratedFailureCount: 1 }) }, [1, 2, 3, 4]);
    await answer(1, 'fail');
    await answer(2, 'fail');
    expect(await onlyRun()).toMatchObject({ executionCounts: { failed: 2, pending: 2 } });
    const [, second] = await children();
    const secondIs = () => api.DescribeExecution({ executionArn: second?.executionArn });
    expect(await secondIs()).toMatchObject({ status: 'FAILED', redriveStatus: 'REDRIVABLE_BY_MAP_RUN' });

    tested.clock.advance(1000);
    await redrive();
    expect([...open().keys()]).toEqual(['1']);
    expect(await onlyRun()).toMatchObject({
      itemCounts: { pending: 2, running: 1, failed: 0, pendingRedrive: 1, total: 4 },
      executionCounts: { pending: 2, running: 1, failed: 0, pendingRedrive: 1, total: 4 },
    });
    expect(await secondIs()).toMatchObject({
      status: 'PENDING_REDRIVE',
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is PENDING_REDRIVE and cannot be redriven',
    });
    const names = async (filter: object) => (await children(filter)).map(({ executionArn: each }) => each);
    expect(await names({ statusFilter: 'PENDING_REDRIVE' })).toEqual([second?.executionArn]);
    expect(await names({ statusFilter: 'FAILED' })).toEqual([]);
    expect(await names({ redriveFilter: 'REDRIVEN' })).not.toContain(second?.executionArn);
    expect(await names({ redriveFilter: 'NOT_REDRIVEN' })).toEqual([second?.executionArn]);

    for (const item of [1, 2, 3, 4]) await answer(item);
    expect(await described()).toMatchObject({ status: 'SUCCEEDED' });
    expect(await names({ redriveFilter: 'REDRIVEN' })).toHaveLength(2);
  });

  it('gives what waited its status back when the run is over before its turn', async () => {
    await start({ All: map({ MaxConcurrency: 1, ToleratedFailureCount: 1 }) });
    await answer(1, 'fail');
    await answer(2, 'fail');
    await redrive();
    await api.StopExecution({ executionArn: arn });
    await settle();

    expect(await onlyRun()).toMatchObject({
      status: 'ABORTED',
      executionCounts: { aborted: 1, failed: 1, pending: 1, pendingRedrive: 0, total: 3 },
    });
    await redrive();
    for (const item of [1, 2, 3]) await answer(item);
    expect(await described()).toMatchObject({ status: 'SUCCEEDED', redriveCount: 2 });
    expect(await onlyRun()).toMatchObject({ redriveCount: 2, executionCounts: { succeeded: 3 } });
  });

  it.each([
    ['stopped', 'ABORTED'],
    ['out of time', 'TIMED_OUT'],
  ])('goes on with a Map Run whose execution was %s', async (_, status) => {
    await start({ All: map() }, [1, 2], { TimeoutSeconds: 100 });
    await answer(1);
    if (status === 'ABORTED') await api.StopExecution({ executionArn: arn });
    else tested.clock.advance(100_000);
    await settle();
    expect(await described()).toMatchObject({ status });
    expect(open().size).toBe(0);

    await redrive();
    expect([...open().keys()]).toEqual(['2']);
    await answer(2);
    expect(await described()).toMatchObject({ status: 'SUCCEEDED', output: '["done 1","done 2"]' });
  });

  it('goes on with one that was aborted with another branch', async () => {
    const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: state } });
    const Fails = { ...call, Parameters: 'other' };
    await start({ Both: { Type: 'Parallel', End: true, Branches: [branch('Fails', Fails), branch('All', map())] } });
    await answer(1);
    await answer('other', 'fail');
    expect(await described()).toMatchObject({ status: 'FAILED' });

    await redrive();
    expect([...open().keys()].toSorted()).toEqual(['"other"', '2', '3']);
    for (const input of ['other', 2, 3]) await answer(input);
    expect(await described()).toMatchObject({
      status: 'SUCCEEDED',
      output: '["done \\"other\\"",["done 1","done 2","done 3"]]',
    });
  });

  it('starts Express executions anew, under their ARNs', async () => {
    const states = { Make: { Type: 'Pass', Next: 'Call' }, Call: call };
    await start({ All: map({}, { ExecutionType: 'EXPRESS', states }) }, [1, 2]);
    const before = await children();
    await answer(1);
    await answer(2, 'fail');
    tested.clock.advance(13 * DAY_MS);

    await redrive();
    await answer(2);
    expect(await described()).toMatchObject({ status: 'SUCCEEDED', output: '["done 1","done 2"]' });
    expect(await children()).toEqual(
      before.map((each) => ({ ...each, status: 'SUCCEEDED', stopDate: expect.anything() })),
    );
  });

  it('lets stand what cannot be redriven any more, and counts it', async () => {
    await start({ All: map({ MaxConcurrency: 1, ToleratedFailureCount: 1 }) }, [1, 2]);
    await answer(1, 'fail');
    tested.clock.advance(DAY_MS);
    await answer(2, 'fail');
    tested.clock.advance(14 * DAY_MS - 1);

    await redrive();
    await answer(2);
    expect(await onlyRun()).toMatchObject({
      status: 'SUCCEEDED',
      executionCounts: { failed: 1, succeeded: 1, failuresNotRedrivable: 1, total: 2 },
    });
    expect(JSON.parse((await described()).output ?? '')).toMatchObject([{ Status: 'FAILED' }, 'done 2']);
  });

  it('keeps the items of a batch together', async () => {
    const ItemBatcher = { MaxItemsPerBatch: 2, BatchInput: 'all' };
    const batch = (...Items: number[]) => ({ BatchInput: 'all', Items });
    await start({ All: map({ ItemBatcher, MaxConcurrency: 1 }) }, [1, 2, 3]);
    await answer(batch(1, 2), 'fail');
    expect(await onlyRun()).toMatchObject({ itemCounts: { failed: 2, pending: 1 }, executionCounts: { total: 1 } });

    await redrive();
    await answer(batch(1, 2));
    await answer(batch(3));
    expect(await described()).toMatchObject({ status: 'SUCCEEDED' });
    expect(await onlyRun()).toMatchObject({
      itemCounts: { succeeded: 3 },
      executionCounts: { succeeded: 2, total: 2 },
    });
  });

  it('reads the items again that could not be read, in the same Map Run', async () => {
    const ItemReader = {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Parameters: { Bucket: 'bucket', 'Key.$': '$.key' },
    };
    await start({ All: map({ ItemReader }) }, { key: 'items' });
    expect(await described()).toMatchObject({ error: 'States.ItemReaderFailed' });
    await tested.objects.put({ bucket: 'bucket', key: 'items' }, Buffer.from('[1]'));

    await redrive();
    await answer(1);
    expect(await described()).toMatchObject({ status: 'SUCCEEDED', output: '["done 1"]' });
    expect(await onlyRun()).toMatchObject({ redriveCount: 1, itemCounts: { total: 1, succeeded: 1 } });
  });

  it('writes the results again, of all rounds', async () => {
    const ResultWriter = { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'bucket', Prefix: 'r' } };
    await start({ All: map({ ResultWriter }) }, [1, 2]);
    await answer(1);
    await answer(2, 'fail');
    expect(await described()).toMatchObject({ status: 'FAILED' });
    await redrive();
    await answer(2);
    const { ResultWriterDetails } = JSON.parse((await described()).output ?? '');
    const read = async (key: string) =>
      JSON.parse(Buffer.from(await tested.objects.get({ bucket: 'bucket', key })).toString());
    const { ResultFiles } = await read(ResultWriterDetails.Key);

    expect(ResultFiles).toMatchObject({ FAILED: [], PENDING: [], SUCCEEDED: [{ Key: expect.any(String) }] });
    expect(await read(ResultFiles.SUCCEEDED[0].Key)).toMatchObject([
      { Input: '1', RedriveCount: 0 },
      { Input: '2', RedriveCount: 1 },
    ]);
  });

  it('runs a Map again as a whole that failed although all of its executions succeeded', async () => {
    const states = { Big: { Type: 'Pass', Result: 'x'.repeat(150_000), End: true } };
    await start({ All: map({}, { states }) }, [1, 2]);
    expect(await described()).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });

    await redrive();
    expect(await mapRuns()).toMatchObject([{ redriveCount: 0 }, { redriveCount: 0 }]);
  });

  it('redrives the Map Runs inside of its executions too', async () => {
    await start({ All: map({}, { states: { Inner: map({ Label: 'inner' }) } }) }, [[1, 2], [3]]);
    await answer(1);
    await answer(3);
    await answer(2, 'fail');
    expect(await described()).toMatchObject({ status: 'FAILED' });

    await redrive();
    expect([...open().keys()]).toEqual(['2']);
    await answer(2);
    expect(await described()).toMatchObject({ status: 'SUCCEEDED', output: '[["done 1","done 2"],["done 3"]]' });
  });

  it('redrives no execution of a Map Run by itself', async () => {
    await start({ All: map() }, [1]);
    await answer(1, 'fail');
    const [child] = await children();

    await expect(api.RedriveExecution({ executionArn: child?.executionArn })).rejects.toMatchObject({
      code: 'ExecutionNotRedrivable',
    });
  });
});
