import { once } from 'node:events';
import { Agent, type Server } from 'node:http';
import { join } from 'node:path';
import {
  CreateActivityCommand,
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineAliasCommand,
  GetActivityTaskCommand,
  ListExecutionsCommand,
  ListStateMachineVersionsCommand,
  ListTagsForResourceCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-sfn';
import { serve } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeEngine } from '../../adapters/local/host/compose-engine.ts';
import { sqliteExecutionStore } from '../../adapters/local/execution-store/execution-store.ts';
import { randomIds } from '../../adapters/local/random-ids.ts';
import { systemClock } from '../../adapters/local/system-clock.ts';
import { inProcessTaskDispatcher } from '../../adapters/local/task-dispatcher.ts';
import { passing, roleArn } from '../support/api-under-test.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'a secret' };

/** A host's engine over a data file, served over HTTP to callers that sign with KEY. */
async function servedEngine(file: string) {
  const store = sqliteExecutionStore(file);
  const problems: unknown[] = [];
  const onProblem = (...problem: unknown[]) => void problems.push(problem);
  const [clock, ids] = [systemClock, randomIds];
  const dispatcher = inProcessTaskDispatcher({ functions: new Map(), concurrency: 4, clock, log: onProblem });
  const secretOf = async (id: string) => (id === KEY.accessKeyId ? KEY.secretAccessKey : undefined);
  const authentication = { secretOf, region: 'us-east-1', now: Date.now };
  const { runner, ...composed } = composeEngine({ store, dispatcher, authentication, clock, ids, onProblem });
  await runner.recover();
  const fetch = composed.api({ region: 'us-east-1', account: '000000000000' });
  const server = serve({ fetch, hostname: '127.0.0.1', port: 0 }) as Server;
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new SFNClient({ region: 'us-east-1', endpoint, credentials: KEY, maxAttempts: 1 });
  const stop = async () => {
    runner.activities.close();
    client.destroy();
    server.closeAllConnections();
    server.close();
    await composed.close();
    store.close();
    expect(problems).toEqual([]);
  };
  return { client, port, runner, stop };
}

describe('the SDK for Step Functions and the whole API', () => {
  let file: string;
  let engine: Awaited<ReturnType<typeof servedEngine>>;
  beforeEach(async () => {
    file = join(await temporaryFolder(), 'executions.db');
    engine = await servedEngine(file);
  });
  afterEach(() => engine.stop());

  const approving = async (name: string) => {
    const { client } = engine;
    const { activityArn = '' } = await client.send(new CreateActivityCommand({ name }));
    const Approve = { Type: 'Task', Resource: activityArn, End: true };
    const definition = JSON.stringify({ StartAt: 'Approve', States: { Approve } });
    const { stateMachineArn } = await client.send(new CreateStateMachineCommand({ name, definition, roleArn }));
    const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '[1]' }));
    return { activityArn, executionArn };
  };

  it('publishes versions and starts them through a weighted alias', async () => {
    const { client } = engine;
    const tags = [{ key: 'team', value: 'shop' }];
    const made = await client.send(
      new CreateStateMachineCommand({ name: 'deploy', definition: passing, roleArn, publish: true, tags }),
    );
    const { stateMachineArn, stateMachineVersionArn } = made;
    const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }];
    const { stateMachineAliasArn } = await client.send(
      new CreateStateMachineAliasCommand({ name: 'live', routingConfiguration }),
    );
    const alias = await client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }));
    expect(alias).toMatchObject({ name: 'live', routingConfiguration });
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: stateMachineAliasArn }));
    const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn: stateMachineAliasArn }));
    expect(executions).toMatchObject([{ executionArn, stateMachineVersionArn, stateMachineAliasArn }]);
    const { stateMachineVersions } = await client.send(new ListStateMachineVersionsCommand({ stateMachineArn }));
    expect(stateMachineVersions).toMatchObject([{ stateMachineVersionArn }]);

    expect((await client.send(new ListTagsForResourceCommand({ resourceArn: stateMachineArn }))).tags).toEqual(tags);
    await client.send(new UntagResourceCommand({ resourceArn: stateMachineArn, tagKeys: ['team'] }));
    expect((await client.send(new ListTagsForResourceCommand({ resourceArn: stateMachineArn }))).tags).toEqual([]);
  });

  it('works on an activity’s task, which waits over a restart, and redrives what failed', async () => {
    const { activityArn, executionArn } = await approving('approve');
    await engine.stop();
    engine = await servedEngine(file);

    const taken = await engine.client.send(new GetActivityTaskCommand({ activityArn, workerName: 'anna' }));
    expect(taken.input).toBe('[1]');
    await engine.client.send(new SendTaskFailureCommand({ taskToken: taken.taskToken, error: 'No', cause: 'busy' }));
    expect(await engine.runner.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'No' });

    await engine.stop();
    engine = await servedEngine(file);
    const polled = engine.client.send(new GetActivityTaskCommand({ activityArn }));
    const { redriveDate } = await engine.client.send(new RedriveExecutionCommand({ executionArn }));
    expect(redriveDate).toBeInstanceOf(Date);
    const { taskToken } = await polled;
    await engine.client.send(new SendTaskSuccessCommand({ taskToken, output: '"yes"' }));
    expect(await engine.runner.ended(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '"yes"' });
    const described = await engine.client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({ redriveCount: 1, redriveDate, redriveStatus: 'NOT_REDRIVABLE' });
  });

  it('runs an Express machine and waits for its end, also under the host name `sync-…`', async () => {
    const { client } = engine;
    const machine = { name: 'quick', type: 'EXPRESS' as const, definition: passing, roleArn };
    const { stateMachineArn } = await client.send(new CreateStateMachineCommand(machine));
    // The SDK puts `sync-` before the host; here every name is this machine.
    const here = [{ address: '127.0.0.1', family: 4 }];
    const agent = new Agent({ lookup: (_, { all }, found) => (all ? found(null, here) : found(null, '127.0.0.1', 4)) });
    const endpoint = `http://localhost:${engine.port}`;
    const prefixing = new SFNClient({
      region: 'us-east-1',
      endpoint,
      credentials: KEY,
      maxAttempts: 1,
      requestHandler: { httpAgent: agent },
    });
    const answer = await prefixing.send(new StartSyncExecutionCommand({ stateMachineArn }));
    prefixing.destroy();
    const { status, output, billingDetails } = answer;
    expect({ status, output }).toEqual({ status: 'SUCCEEDED', output: '{"done":true}' });
    expect(billingDetails?.billedMemoryUsedInMB).toBe(64);
  });
});
