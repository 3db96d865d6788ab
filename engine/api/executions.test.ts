import { beforeEach, describe, expect, it } from 'vitest';
import {
  type ApiUnderTest,
  apiUnderTest,
  calling,
  executionArn,
  machineArn,
  passing,
  roleArn,
} from '../../test/support/api-under-test.ts';

describe('execution operations', () => {
  let tested: ApiUnderTest;
  let api: ApiUnderTest['operations'];
  beforeEach(async () => {
    tested = apiUnderTest();
    api = tested.operations;
    await api.CreateStateMachine({ name: 'pass', definition: passing, roleArn });
    await api.CreateStateMachine({ name: 'call', definition: calling, roleArn });
  });

  const start = (machine: string, more: object = {}) =>
    api.StartExecution({ stateMachineArn: machineArn(machine), ...more });

  describe('StartExecution', () => {
    it('names an execution that has no name, and gives it an empty input', async () => {
      const { executionArn: arn, startDate } = await start('call');
      expect(arn).toMatch(new RegExp(`^${executionArn('call', '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')}$`));
      expect(startDate).toBe(1767225600);
      expect(await api.DescribeExecution({ executionArn: arn })).toMatchObject({ input: '{}', status: 'RUNNING' });
    });

    it('keeps the input as it was written', async () => {
      const input = '{ "n": 1.0, "n": 2 }';
      await start('call', { name: '1', input });
      expect(await api.DescribeExecution({ executionArn: executionArn('call', '1') })).toMatchObject({ input });
    });

    it('gives the same execution when it is repeated while it runs', async () => {
      const first = await start('call', { name: '1', input: '{"a":1}' });
      tested.clock.advance(1000);
      expect(await start('call', { name: '1', input: '{"a":1}' })).toEqual(first);
    });

    it.each([
      ['another input while it runs', 'call', '{"a":2}'],
      ['the same input once it has ended', 'pass', '{"a":1}'],
    ])('refuses a taken name with %s', async (_, machine, input) => {
      await start(machine, { name: '1', input: '{"a":1}' });
      await tested.runner.settled();
      await expect(start(machine, { name: '1', input })).rejects.toMatchObject({
        code: 'ExecutionAlreadyExists',
        message: `Execution Already Exists: '${executionArn(machine, '1')}'`,
      });
    });

    it.each([
      ['', 'Invalid execution input.'],
      [
        'not json',
        "Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
      ],
      ["{'a': 1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name"],
      [`"${'é'.repeat(131_072)}"`, 'it has 262146 bytes of UTF-8, at most 262144 are taken'],
    ])('refuses the input %.20j', async (input, problem) => {
      await expect(start('call', { input })).rejects.toMatchObject({
        code: 'InvalidExecutionInput',
        message: `Invalid State Machine Execution Input: '${problem}'`,
      });
    });

    it.each(['2', '"text"', 'null', `"${'é'.repeat(131_071)}"`])('takes the input %.20j', async (input) => {
      await expect(start('pass', { input })).resolves.toBeDefined();
    });

    it('refuses a machine that is not there, and a name with forbidden characters', async () => {
      await expect(start('none')).rejects.toMatchObject({ code: 'StateMachineDoesNotExist' });
      await expect(start('call', { name: 'a b' })).rejects.toMatchObject({ code: 'InvalidName' });
    });
  });

  describe('DescribeExecution', () => {
    it('shows a success with its output', async () => {
      await start('pass', { name: '1', input: '{"a":1}' });
      await tested.runner.settled();
      expect(await api.DescribeExecution({ executionArn: executionArn('pass', '1') })).toEqual({
        executionArn: executionArn('pass', '1'),
        stateMachineArn: machineArn('pass'),
        name: '1',
        status: 'SUCCEEDED',
        startDate: 1767225600,
        stopDate: 1767225600,
        input: '{"a":1}',
        inputDetails: { included: true },
        output: '{"done":true}',
        outputDetails: { included: true },
        redriveCount: 0,
        redriveStatus: 'NOT_REDRIVABLE',
        redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
      });
    });

    it('shows a failure with its error and cause', async () => {
      await start('call', { name: '1' });
      tested.dispatcher.fail(tested.dispatcher.open()[0] ?? '', 'Pointsman.NotReady', 'no candidate');
      await tested.runner.settled();
      const shown = await api.DescribeExecution({ executionArn: executionArn('call', '1') });
      expect(shown).toMatchObject({ status: 'FAILED', error: 'Pointsman.NotReady', cause: 'no candidate' });
      expect(shown).toMatchObject({ redriveStatus: 'REDRIVABLE' });
      expect(shown).not.toHaveProperty('redriveStatusReason');
      expect(shown).not.toHaveProperty('output');
    });

    it('leaves input and output out when asked for metadata only', async () => {
      await start('pass', { name: '1', input: '{"a":1}' });
      await tested.runner.settled();
      const shown = await api.DescribeExecution({
        executionArn: executionArn('pass', '1'),
        includedData: 'METADATA_ONLY',
      });
      expect(shown).not.toHaveProperty('input');
      expect(shown).not.toHaveProperty('output');
    });

    it('refuses what is no execution', async () => {
      const unknown = executionArn('pass', 'none');
      await expect(api.DescribeExecution({ executionArn: unknown })).rejects.toMatchObject({
        code: 'ExecutionDoesNotExist',
        message: `Execution Does Not Exist: '${unknown}'`,
      });
      await expect(
        api.DescribeExecution({ executionArn: 'arn:aws:states:us-east-1:000000000000:express:m:e:1' }),
      ).rejects.toMatchObject({
        message: "Invalid Arn: 'Resource type not valid in this context: express'",
      });
    });
  });

  describe('ListExecutions', () => {
    const list = (more: object = {}) => api.ListExecutions({ stateMachineArn: machineArn('call'), ...more });

    it('lists the newest start first, page by page', async () => {
      for (const name of ['1', '2', '3']) {
        await start('call', { name });
        tested.clock.advance(1000);
      }
      await start('pass');
      const first = await list({ maxResults: 2 });
      expect(first.executions.map(({ name }) => name)).toEqual(['3', '2']);
      expect(first.executions[0]).toEqual({
        executionArn: executionArn('call', '3'),
        stateMachineArn: machineArn('call'),
        name: '3',
        status: 'RUNNING',
        startDate: 1767225602,
        redriveCount: 0,
      });
      const { nextToken } = first;
      expect(await list({ maxResults: 2, nextToken })).toEqual({
        executions: [expect.objectContaining({ name: '1' })],
      });
    });

    it('narrows by status', async () => {
      await start('call', { name: '1' });
      await start('call', { name: '2' });
      await api.StopExecution({ executionArn: executionArn('call', '1') });
      expect((await list({ statusFilter: 'ABORTED' })).executions.map(({ name }) => name)).toEqual(['1']);
      expect((await list({ statusFilter: 'RUNNING' })).executions.map(({ name }) => name)).toEqual(['2']);
    });

    it.each([{ statusFilter: 'PENDING_REDRIVE' }, { redriveFilter: 'REDRIVEN' }])(
      'refuses %o without a Map Run',
      async (filter) => {
        await expect(list(filter)).rejects.toMatchObject({ code: 'ValidationException' });
      },
    );

    it('takes a token for 24 hours', async () => {
      for (const name of ['1', '2', '3']) await start('call', { name });
      const { nextToken } = await list({ maxResults: 1 });
      tested.clock.advance(24 * 3_600_000 - 1);
      expect((await list({ maxResults: 1, nextToken })).executions).toHaveLength(1);
      tested.clock.advance(1);
      await expect(list({ maxResults: 1, nextToken })).rejects.toMatchObject({
        code: 'InvalidToken',
        message: "Invalid Token: 'Invalid token'",
      });
    });

    it('refuses a status of other spelling and a machine that is not there', async () => {
      await expect(list({ statusFilter: 'running' })).rejects.toMatchObject({
        message:
          "1 validation error detected: Value 'running' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]",
      });
      await expect(list({ stateMachineArn: machineArn('none') })).rejects.toMatchObject({
        code: 'StateMachineDoesNotExist',
      });
      await expect(api.ListExecutions({})).rejects.toMatchObject({
        code: 'ValidationException',
        members: { reason: 'MISSING_REQUIRED_PARAMETER' },
      });
    });
  });

  describe('GetExecutionHistory', () => {
    const history = (more: object = {}) =>
      api.GetExecutionHistory({ executionArn: executionArn('pass', '1'), ...more });
    beforeEach(async () => {
      await start('pass', { name: '1', input: '{"a":1}' });
      await tested.runner.settled();
    });

    it('gives events with AWS’s names and the instant in seconds', async () => {
      const { events } = await history();
      expect(events.map(({ id, type }) => `${id} ${type}`)).toEqual([
        '1 ExecutionStarted',
        '2 PassStateEntered',
        '3 PassStateExited',
        '4 ExecutionSucceeded',
      ]);
      expect(events[1]).toEqual({
        id: 2,
        previousEventId: 0,
        type: 'PassStateEntered',
        timestamp: 1767225600,
        stateEnteredEventDetails: { name: 'Done', input: '{"a":1}', inputDetails: { truncated: false } },
      });
    });

    it('goes back from the newest in reverse order, page by page', async () => {
      const first = await history({ reverseOrder: true, maxResults: 3 });
      expect(first.events.map(({ id }) => id)).toEqual([4, 3, 2]);
      const rest = await history({ reverseOrder: true, maxResults: 3, nextToken: first.nextToken });
      expect(rest.events.map(({ id }) => id)).toEqual([1]);
      expect(rest).not.toHaveProperty('nextToken');
      await expect(history({ maxResults: 3, nextToken: first.nextToken })).rejects.toMatchObject({
        code: 'InvalidToken',
      });
    });

    it('leaves execution data out when asked to', async () => {
      const { events } = await history({ includeExecutionData: false });
      expect(events[1]).toMatchObject({ stateEnteredEventDetails: { name: 'Done' } });
      expect(JSON.stringify(events)).not.toContain('put');
    });
  });

  describe('StopExecution', () => {
    it('aborts a running execution, with an error and a cause', async () => {
      await start('call', { name: '1' });
      tested.clock.advance(2000);
      const arn = executionArn('call', '1');
      expect(await api.StopExecution({ executionArn: arn, error: 'Stopped', cause: 'by hand' })).toEqual({
        stopDate: 1767225602,
      });
      expect(await api.DescribeExecution({ executionArn: arn })).toMatchObject({
        status: 'ABORTED',
        error: 'Stopped',
        cause: 'by hand',
      });
    });

    it('leaves an execution as it ended', async () => {
      await start('pass', { name: '1' });
      await tested.runner.settled();
      tested.clock.advance(2000);
      const arn = executionArn('pass', '1');
      expect(await api.StopExecution({ executionArn: arn })).toEqual({ stopDate: 1767225600 });
      expect(await api.DescribeExecution({ executionArn: arn })).toMatchObject({ status: 'SUCCEEDED' });
    });

    it('refuses an execution that is not there', async () => {
      await expect(api.StopExecution({ executionArn: executionArn('pass', 'none') })).rejects.toMatchObject({
        code: 'ExecutionDoesNotExist',
      });
    });
  });

  describe('task tokens', () => {
    let taskToken: string;
    beforeEach(async () => {
      const Arguments = { FunctionName: 'verify-release', Payload: { token: '{% $states.context.Task.Token %}' } };
      const Ask = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Arguments, End: true };
      const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Ask', States: { Ask } });
      await api.CreateStateMachine({ name: 'ask', definition, roleArn });
      await start('ask', { name: '1' });
      await tested.runner.settled();
      taskToken = tested.dispatcher.accepted[0]?.taskToken ?? '';
    });
    const shown = () => api.DescribeExecution({ executionArn: executionArn('ask', '1') });

    it('takes a success with its output', async () => {
      expect(await api.SendTaskHeartbeat({ taskToken })).toEqual({});
      expect(await api.SendTaskSuccess({ taskToken, output: '{"approved":true}' })).toEqual({});
      expect(await shown()).toMatchObject({ status: 'SUCCEEDED', output: '{"approved":true}' });
    });

    it('takes a failure with its error and cause', async () => {
      expect(await api.SendTaskFailure({ taskToken, error: 'Refused', cause: 'too risky' })).toEqual({});
      expect(await shown()).toMatchObject({ status: 'FAILED', error: 'Refused', cause: 'too risky' });
    });

    it('refuses a second answer', async () => {
      await api.SendTaskSuccess({ taskToken, output: '1' });
      const late = { code: 'TaskTimedOut', message: "Task Timed Out: 'Provided task does not exist anymore'" };
      await expect(api.SendTaskSuccess({ taskToken, output: '2' })).rejects.toMatchObject(late);
      await expect(api.SendTaskFailure({ taskToken })).rejects.toMatchObject(late);
      await expect(api.SendTaskHeartbeat({ taskToken })).rejects.toMatchObject(late);
    });

    it('refuses what was never a token, and output that is no JSON', async () => {
      await expect(api.SendTaskHeartbeat({ taskToken: 'guess' })).rejects.toMatchObject({
        code: 'InvalidToken',
        message: "Invalid Token: 'Invalid token'",
      });
      await expect(api.SendTaskSuccess({ taskToken, output: 'done' })).rejects.toMatchObject({ code: 'InvalidOutput' });
      expect(await shown()).toMatchObject({ status: 'RUNNING' });
    });
  });
});
