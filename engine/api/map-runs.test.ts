import { beforeEach, describe, expect, it } from 'vitest';
import { functionArn } from '../../test/support/run-machine.ts';
import {
  type ApiUnderTest,
  apiUnderTest,
  executionArn,
  machineArn,
  roleArn,
} from '../../test/support/api-under-test.ts';

const map = (fields: object, state: object = { Type: 'Pass', End: true }) =>
  JSON.stringify({
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Label: 'each',
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'P',
          States: { P: state },
        },
        End: true,
        ...fields,
      },
    },
  });
const verify = { Type: 'Task', Resource: functionArn('verify-release'), End: true };

describe('Map Runs', () => {
  let tested: ApiUnderTest;
  let api: ApiUnderTest['operations'];
  beforeEach(() => {
    tested = apiUnderTest();
    api = tested.operations;
  });

  async function started(definition: string, input = '[1,2]') {
    const { stateMachineArn } = await api.CreateStateMachine({ name: 'map', definition, roleArn });
    const run = await api.StartExecution({ stateMachineArn, name: 'run', input });
    await settled();
    const { mapRuns } = await api.ListMapRuns({ executionArn: run.executionArn });
    return mapRuns[0]?.mapRunArn ?? '';
  }
  const settled = async () => {
    for (let turn = 0; turn < 5; turn++) {
      await tested.runner.settled();
      await new Promise(setImmediate);
    }
  };
  const none = {
    pending: 0,
    running: 0,
    succeeded: 0,
    failed: 0,
    timedOut: 0,
    aborted: 0,
    resultsWritten: 0,
    failuresNotRedrivable: 0,
    pendingRedrive: 0,
  };
  const dates = { startDate: expect.any(Number), stopDate: expect.any(Number) };

  it('are described with what became of their items', async () => {
    const mapRunArn = await started(map({ MaxConcurrency: 1 }));
    const counts = { ...none, succeeded: 2, total: 2, resultsWritten: 2 };

    expect(mapRunArn).toMatch(/^arn:aws:states:us-east-1:000000000000:mapRun:map\/each:[0-9a-f-]{36}$/);
    expect(await api.DescribeMapRun({ mapRunArn })).toEqual({
      mapRunArn,
      executionArn: executionArn('map', 'run'),
      status: 'SUCCEEDED',
      ...dates,
      maxConcurrency: 1,
      toleratedFailureCount: 0,
      toleratedFailurePercentage: 0,
      itemCounts: counts,
      executionCounts: counts,
      redriveCount: 0,
    });
  });

  it('have no end while they run', async () => {
    const mapRunArn = await started(map({ MaxConcurrency: 1, ToleratedFailurePercentage: 5.5 }, verify));
    const described = await api.DescribeMapRun({ mapRunArn });

    expect(described).toMatchObject({
      status: 'RUNNING',
      toleratedFailurePercentage: 5.5,
      itemCounts: { ...none, pending: 1, running: 1, total: 2 },
    });
    expect(described).not.toHaveProperty('stopDate');
  });

  it('are listed for their execution', async () => {
    const mapRunArn = await started(map({}));

    expect(await api.ListMapRuns({ executionArn: executionArn('map', 'run') })).toEqual({
      mapRuns: [
        { mapRunArn, executionArn: executionArn('map', 'run'), stateMachineArn: `${machineArn('map')}/each`, ...dates },
      ],
    });
    await expect(api.ListMapRuns({ executionArn: executionArn('map', 'none') })).rejects.toMatchObject({
      code: 'ExecutionDoesNotExist',
    });
  });

  it('have executions that can be listed, described and read', async () => {
    const mapRunArn = await started(map({}));
    const { executions } = await api.ListExecutions({ mapRunArn });
    const [{ executionArn: arn } = { executionArn: '' }] = executions;

    expect(executions).toMatchObject([
      { mapRunArn, itemCount: 1, stateMachineArn: `${machineArn('map')}/each`, status: 'SUCCEEDED' },
      { mapRunArn, itemCount: 1 },
    ]);
    expect(await api.DescribeExecution({ executionArn: arn })).toMatchObject({ mapRunArn, input: '2', output: '2' });
    expect((await api.GetExecutionHistory({ executionArn: arn })).events.map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'PassStateEntered',
      'PassStateExited',
      'ExecutionSucceeded',
    ]);
    expect(await api.DescribeStateMachineForExecution({ executionArn: arn })).toMatchObject({
      stateMachineArn: `${machineArn('map')}/each`,
      mapRunArn,
      label: 'each',
    });
  });

  it('have executions that count the items of their batch', async () => {
    const mapRunArn = await started(map({ ItemBatcher: { MaxItemsPerBatch: 2 } }), '[1,2,3]');

    expect((await api.ListExecutions({ mapRunArn })).executions.map(({ itemCount }) => itemCount)).toEqual([1, 2]);
  });

  it('have executions that do not show among those of the machine', async () => {
    await started(map({}));
    const { executions } = await api.ListExecutions({ stateMachineArn: machineArn('map') });

    expect(executions.map(({ name }) => name)).toEqual(['run']);
    expect(executions[0]).not.toHaveProperty('itemCount');
  });

  it('let more run side by side once they are updated', async () => {
    const mapRunArn = await started(map({ MaxConcurrency: 1 }, verify));

    expect(await api.UpdateMapRun({ mapRunArn, maxConcurrency: 2, toleratedFailureCount: 1 })).toEqual({});
    expect(await api.DescribeMapRun({ mapRunArn })).toMatchObject({
      maxConcurrency: 2,
      toleratedFailureCount: 1,
      executionCounts: { running: 2, pending: 0 },
    });
  });

  it('are not updated when they are over, nor without a change', async () => {
    const mapRunArn = await started(map({}));

    for (const asked of [{ mapRunArn, maxConcurrency: 2 }, { mapRunArn }])
      await expect(api.UpdateMapRun(asked)).rejects.toMatchObject({ code: 'ValidationException' });
    await expect(api.UpdateMapRun({ mapRunArn, toleratedFailurePercentage: 101 })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });

  it('stop with their execution, and their executions with them', async () => {
    const mapRunArn = await started(map({}, verify));
    await api.StopExecution({ executionArn: executionArn('map', 'run') });
    await settled();

    expect(await api.DescribeMapRun({ mapRunArn })).toMatchObject({ status: 'ABORTED', itemCounts: { aborted: 2 } });
    expect((await api.ListExecutions({ mapRunArn })).executions.map(({ status }) => status)).toEqual([
      'ABORTED',
      'ABORTED',
    ]);
    expect(await Array.fromAsync(tested.store.outbox())).toEqual([]);
    expect(tested.problems).toEqual([]);
  });

  it('that are not there are refused by name', async () => {
    const mapRunArn = 'arn:aws:states:us-east-1:000000000000:mapRun:map/each:none';

    for (const ask of [api.DescribeMapRun({ mapRunArn }), api.UpdateMapRun({ mapRunArn, maxConcurrency: 1 })])
      await expect(ask).rejects.toMatchObject({ code: 'ResourceNotFound' });
    await expect(api.ListExecutions({ mapRunArn })).rejects.toMatchObject({ code: 'ResourceNotFound' });
    await expect(api.DescribeMapRun({ mapRunArn: machineArn('map') })).rejects.toMatchObject({ code: 'InvalidArn' });
    await expect(api.ListExecutions({ mapRunArn, stateMachineArn: machineArn('map') })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });
});
