import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SendTaskSuccessCommand,
  GetActivityTaskCommand,
  CreateActivityCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { logGroupArn, roleArn } from '../support/api-under-test.ts';
import { eventually } from '../support/eventually.ts';
import { localHost } from '../support/local-host.ts';

it('a host that is killed loses no line of an execution’s log, and doubles only the newest', async () => {
  await using host = await localHost({});
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const client = new SFNClient({ region: 'us-east-1', endpoint: host.url, credentials });
  const { activityArn = '' } = await client.send(new CreateActivityCommand({ name: 'ask' }));
  const Ask = { Type: 'Task', Resource: activityArn, End: true };
  const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn: logGroupArn('/aws/states/asks') } }];
  const { stateMachineArn = '' } = await client.send(
    new CreateStateMachineCommand({
      name: 'asks',
      roleArn,
      definition: JSON.stringify({ StartAt: 'First', States: { First: { Type: 'Pass', Next: 'Ask' }, Ask } }),
      loggingConfiguration: { level: 'ALL', includeExecutionData: true, destinations },
    }),
  );
  const logged = async () => {
    const text = await readFile(join(host.dataFolder, 'logs/%/aws/states/asks.jsonl'), 'utf8').catch(() => '');
    return text.split('\n').flatMap((line): { id: string; type: string }[] => (line === '' ? [] : [JSON.parse(line)]));
  };
  const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn, input: '{"a":1}' }));
  await eventually(logged, (events) => events.at(-1)?.type === 'ActivityScheduled');
  await host.kill();
  await host.start();
  const { taskToken } = await client.send(new GetActivityTaskCommand({ activityArn }));
  await client.send(new SendTaskSuccessCommand({ taskToken, output: '"yes"' }));
  const events = await eventually(logged, (found) => found.at(-1)?.type === 'ExecutionSucceeded');
  const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
  client.destroy();

  expect(status).toBe('SUCCEEDED');
  const types = [
    'ExecutionStarted',
    'PassStateEntered',
    'PassStateExited',
    'TaskStateEntered',
    'ActivityScheduled',
    'ActivityStarted',
    'ActivitySucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ];
  // Taken before the kill, and marked until the next commit: the first five come again.
  expect(events.map(({ type }) => type)).toEqual([...types.slice(0, 5), ...types]);
}, 90_000);
