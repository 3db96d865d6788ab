import { once } from 'node:events';
import type { Server } from 'node:http';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionNotRedrivable,
  GetExecutionHistoryCommand,
  InvalidDefinition,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
  TaskTimedOut,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
  paginateGetExecutionHistory,
} from '@aws-sdk/client-sfn';
import { serve } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteExecutionStore } from '../../adapters/local/execution-store/execution-store.ts';
import type { LocalFunction } from '../../adapters/local/local-function.ts';
import { randomIds } from '../../adapters/local/random-ids.ts';
import { systemClock } from '../../adapters/local/system-clock.ts';
import { inProcessTaskDispatcher } from '../../adapters/local/task-dispatcher.ts';
import { stepFunctionsApi, stepFunctionsOperations } from '../../engine/api/index.ts';
import { createRunner } from '../../engine/runner/create-runner.ts';
import { isObject, type Json } from '../../engine/data/json.ts';
import type { Runner } from '../../engine/runner/runner.ts';
import { passing, roleArn } from '../support/api-under-test.ts';
import { functionArn, mustRead } from '../support/run-machine.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the SDK for Step Functions as a client of a host', () => {
  let client: SFNClient;
  let runner: Runner;
  let stop: () => Promise<void>;
  let tokens: string[];
  const functions = new Map<string, LocalFunction>([
    [functionArn('double'), async (input) => 2 * Number(input)],
    [functionArn('ask'), async (input) => void tokens.push(tokenIn(input))],
  ]);

  beforeEach(async () => {
    tokens = [];
    const store = sqliteExecutionStore(join(await temporaryFolder(), 'executions.db'));
    const problems: unknown[] = [];
    const onProblem = (...problem: unknown[]) => void problems.push(problem);
    const [clock, ids] = [systemClock, randomIds];
    const dispatcher = inProcessTaskDispatcher({ functions, concurrency: 4, clock, log: onProblem });
    runner = createRunner({
      store,
      dispatcher,
      clock,
      ids,
      machineOf: ({ definition }) => mustRead(definition),
      onProblem,
    });
    const place = { region: 'us-east-1', account: '000000000000' };
    const operations = stepFunctionsOperations({ runner, store, dispatcher, clock, ids, ...place });
    const fetch = stepFunctionsApi({ operations, ids, onProblem });
    const server = serve({ fetch, hostname: '127.0.0.1', port: 0 }) as Server;
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    client = new SFNClient({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
      maxAttempts: 1,
    });
    stop = async () => {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await runner.close();
      store.close();
      expect(problems).toEqual([]);
    };
  });
  afterEach(() => stop());

  const create = async (name: string, definition: string): Promise<string> => {
    const { stateMachineArn = '' } = await client.send(new CreateStateMachineCommand({ name, definition, roleArn }));
    return stateMachineArn;
  };

  it('creates, describes, updates, lists and deletes machines', async () => {
    const before = Date.now();
    const stateMachineArn = await create('deploy', passing);
    const described = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    expect(described).toMatchObject({ name: 'deploy', definition: passing, status: 'ACTIVE', type: 'STANDARD' });
    expect(described.creationDate?.getTime()).toBeGreaterThanOrEqual(before);

    const { revisionId } = await client.send(
      new UpdateStateMachineCommand({ stateMachineArn, roleArn: `${roleArn}-2` }),
    );
    expect(revisionId).toBeDefined();
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map(({ name }) => name)).toEqual(['deploy']);

    await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
    expect((await client.send(new ListStateMachinesCommand({}))).stateMachines).toEqual([]);
  });

  it('runs an execution to its end and reads its history, page by page', async () => {
    const Double = { Type: 'Task', Resource: functionArn('double'), End: true };
    const stateMachineArn = await create('double', JSON.stringify({ StartAt: 'Double', States: { Double } }));
    const { executionArn = '' } = await client.send(
      new StartExecutionCommand({ stateMachineArn, name: '1', input: '21' }),
    );
    await runner.ended(executionArn);

    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    expect(execution).toMatchObject({ status: 'SUCCEEDED', input: '21', output: '42', name: '1', stateMachineArn });
    expect(execution.stopDate).toBeInstanceOf(Date);
    const types: (string | undefined)[] = [];
    for await (const { events } of paginateGetExecutionHistory({ client, pageSize: 3 }, { executionArn }))
      types.push(...(events ?? []).map(({ type }) => type));
    expect(types).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    const { events } = await client.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 1 }),
    );
    expect(events?.[0]).toMatchObject({ id: 7, executionSucceededEventDetails: { output: '42' } });
    expect(events?.[0]?.timestamp).toBeInstanceOf(Date);
    const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'SUCCEEDED' }));
    expect(executions).toMatchObject([{ executionArn, status: 'SUCCEEDED' }]);
    expect(await client.send(new DescribeStateMachineForExecutionCommand({ executionArn }))).toMatchObject({
      stateMachineArn,
    });
  });

  it('answers a waiting task by its token, and stops an execution that waits', async () => {
    const Arguments = { FunctionName: 'ask', Payload: { token: '{% $states.context.Task.Token %}' } };
    const Ask = { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Arguments, End: true };
    const stateMachineArn = await create(
      'ask',
      JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Ask', States: { Ask } }),
    );
    const start = async (name: string) => {
      const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn, name }));
      await expect.poll(() => tokens.length).toBe(Number(name));
      return { executionArn, taskToken: tokens.at(-1) };
    };

    const approved = await start('1');
    await client.send(new SendTaskHeartbeatCommand(approved));
    await client.send(new SendTaskSuccessCommand({ ...approved, output: '"yes"' }));
    expect(await runner.ended(approved.executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"yes"' });
    await expect(client.send(new SendTaskHeartbeatCommand(approved))).rejects.toThrow(TaskTimedOut);

    const refused = await start('2');
    await client.send(new SendTaskFailureCommand({ ...refused, error: 'Refused', cause: 'no' }));
    expect(await runner.ended(refused.executionArn)).toMatchObject({ status: 'FAILED', error: 'Refused' });

    const stopped = await start('3');
    const { stopDate } = await client.send(new StopExecutionCommand({ ...stopped, error: 'Stopped' }));
    expect(stopDate).toBeInstanceOf(Date);
    expect(await runner.ended(stopped.executionArn)).toMatchObject({ status: 'ABORTED', error: 'Stopped' });
  });

  it('throws the SDK’s own exceptions', async () => {
    const stateMachineArn = await create('deploy', passing);
    await expect(create('broken', '{}')).rejects.toThrow(InvalidDefinition);
    const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn, name: '1' }));
    await runner.ended(executionArn);
    await expect(client.send(new StartExecutionCommand({ stateMachineArn, name: '1' }))).rejects.toThrow(
      ExecutionAlreadyExists,
    );
    await expect(client.send(new RedriveExecutionCommand({ executionArn }))).rejects.toThrow(ExecutionNotRedrivable);
    expect(await client.send(new ValidateStateMachineDefinitionCommand({ definition: '{}' }))).toMatchObject({
      result: 'FAIL',
    });
  });
});

const tokenIn = (input: Json): string => {
  const token = isObject(input) ? input['token'] : undefined;
  return typeof token === 'string' ? token : '';
};
