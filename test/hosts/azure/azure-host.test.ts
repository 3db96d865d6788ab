import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import type { LocalFunctions } from '../../../adapters/local/local-function.ts';
import { functionArn } from '../../support/run-machine.ts';
import { testClock } from '../../support/test-clock.ts';
import { type AzureHost, startAzureHost } from './azure-host.ts';

const DAY_MS = 86_400_000;
const roleArn = 'arn:aws:iam::000000000000:role/pointsman';

const callsOf = (host: AzureHost) => async (operation: string, body: object) => {
  const headers = { 'x-amz-target': `AWSStepFunctions.${operation}` };
  const request = new Request('https://app.example/', { method: 'POST', headers, body: JSON.stringify(body) });
  return (await (await host.api(request)).json()) as Record<string, string>;
};

async function world(functions: LocalFunctions = new Map(), sweepEveryMs = 60_000) {
  const clock = testClock();
  const host = await startAzureHost({ clock, functions, sweepEveryMs });
  const call = callsOf(host);
  const run = async (definition: object, input: object = {}) => {
    const { stateMachineArn } = await call('CreateStateMachine', {
      name: 'machine',
      definition: JSON.stringify(definition),
      roleArn,
    });
    const { executionArn = '' } = await call('StartExecution', { stateMachineArn, input: JSON.stringify(input) });
    return executionArn;
  };
  return { clock, host, call, run };
}

/** What the SDK hands to a transport. */
interface Signed {
  readonly method: string;
  readonly hostname: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const task = { StartAt: 'Do', States: { Do: { Type: 'Task', Resource: functionArn('work'), End: true } } };

describe('the Azure host on the model of its platform', () => {
  it('calls a function again, with the same key, whose process died after its effect and before its answer', async () => {
    const keys: string[] = [];
    const { host, run } = await world(
      new Map([
        [
          functionArn('work'),
          async (_, { key }) => {
            keys.push(key);
            if (keys.length === 1) host.kill();
            return 'done';
          },
        ],
      ]),
    );
    const arn = await run(task);

    expect(await host.ended(arn)).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
    expect((await host.history(arn)).map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'TaskStateEntered',
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
  });

  it('waits for weeks, through the end of every process, on a timer that the extension takes in steps', async () => {
    const { clock, host, run } = await world(new Map(), DAY_MS);
    const from = clock.now();
    const arn = await run({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 20 * 86_400, End: true } } });
    await host.until(async () => clock.now() - from > 5 * DAY_MS);
    host.kill();

    expect(await host.ended(arn)).toMatchObject({ status: 'SUCCEEDED' });
    expect(clock.now() - from).toBeGreaterThanOrEqual(20 * DAY_MS);
    expect(clock.now() - from).toBeLessThan(20 * DAY_MS + 60_000);
  });

  it('finds by the sweep what a process committed and did not send', async () => {
    const { host, call, run } = await world(new Map([[functionArn('work'), async () => 'done']]));
    const { startNew } = { startNew: host.model.start };
    let isAway = true;
    Object.assign(host.model, {
      start: (...given: Parameters<typeof startNew>) => {
        if (isAway) throw new Error('the task hub is away');
        return startNew(...given);
      },
    });
    await run(task);
    isAway = false;
    const { executions } = (await call('ListExecutions', {
      stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:machine',
    })) as unknown as { executions: { executionArn: string }[] };

    expect(await host.ended(executions[0]?.executionArn ?? '')).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('takes an answer by task token, and stops an execution that waits', async () => {
    let token = '';
    const { host, call, run } = await world(
      new Map([
        [
          functionArn('ask'),
          async (input) => {
            token = (input as { token: string }).token;
            return null;
          },
        ],
      ]),
    );
    const waiting = {
      StartAt: 'Ask',
      States: {
        Ask: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
          Parameters: { FunctionName: functionArn('ask'), Payload: { 'token.$': '$$.Task.Token' } },
          End: true,
        },
      },
    };
    const arn = await run(waiting);
    await host.until(async () => token !== '');
    await call('SendTaskSuccess', { taskToken: token, output: '"yes"' });
    expect(await host.ended(arn)).toMatchObject({ status: 'SUCCEEDED', output: '"yes"' });

    const other = await run(waiting);
    await call('StopExecution', { executionArn: other, error: 'No' });
    expect(await host.ended(other)).toMatchObject({ status: 'ABORTED', error: 'No' });
  });

  it('keeps a task alive by heartbeats, past the moment that its first timer was made for, and no longer', async () => {
    let token = '';
    const { host, call, run, clock } = await world(
      new Map([
        [
          functionArn('ask'),
          async (input) => {
            token = (input as { token: string }).token;
            return null;
          },
        ],
      ]),
      10_000,
    );
    const arn = await run({
      StartAt: 'Ask',
      States: {
        Ask: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
          HeartbeatSeconds: 60,
          Parameters: { FunctionName: functionArn('ask'), Payload: { 'token.$': '$$.Task.Token' } },
          End: true,
        },
      },
    });
    await host.until(async () => token !== '');
    const began = clock.now();
    for (const beat of [40_000, 80_000, 120_000]) {
      await host.until(async () => clock.now() >= began + beat);
      expect(await call('SendTaskHeartbeat', { taskToken: token })).toEqual({});
    }
    expect(await host.ended(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(clock.now()).toBeGreaterThanOrEqual(began + 180_000);
  });

  it('refuses when a machine is created what it cannot do: activities, Maps over objects, Express, log delivery', async () => {
    const { call } = await world();
    const activity = 'arn:aws:states:us-east-1:000000000000:activity:approve';
    const create = (more: object, state: object = { Type: 'Pass', End: true }) =>
      call('CreateStateMachine', {
        name: 'machine',
        roleArn,
        definition: JSON.stringify({
          StartAt: 'P',
          States: { P: { Type: 'Parallel', End: true, Branches: [{ StartAt: 'T', States: { T: state } }] } },
        }),
        ...more,
      });
    const group = 'arn:aws:logs:us-east-1:000000000000:log-group:machines:*';
    const loggingConfiguration = { level: 'ALL', destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: group } }] };

    expect(await create({}, { Type: 'Task', Resource: activity, End: true })).toMatchObject({
      __type: 'InvalidDefinition',
      message: expect.stringContaining(activity),
    });
    const reader = { Resource: 'arn:aws:states:::s3:listObjectsV2', Parameters: { Bucket: 'items' } };
    const mode = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' };
    const processor = { ProcessorConfig: mode, StartAt: 'I', States: { I: { Type: 'Pass', End: true } } };
    const map = { Type: 'Map', ItemProcessor: processor, End: true };
    expect(await create({}, { ...map, ItemReader: reader })).toMatchObject({
      __type: 'InvalidDefinition',
      message: expect.stringContaining('ItemReader needs an object store'),
    });
    expect(await create({ type: 'EXPRESS' })).toMatchObject({ __type: 'StateMachineTypeNotSupported' });
    expect(await create({ loggingConfiguration })).toMatchObject({ __type: 'InvalidLoggingConfiguration' });
    expect(await call('CreateActivity', { name: 'approve' })).toMatchObject({ __type: 'UnknownOperationException' });
    expect(await create({})).toHaveProperty('stateMachineArn');
  });

  it('removes every hour the orchestrations that are over for two days', async () => {
    const { clock, host, run } = await world(new Map([[functionArn('work'), async () => 'done']]), DAY_MS);
    await host.ended(await run(task));
    const from = clock.now();
    await host.trigger('pm_every_hour', {});
    expect(host.model.instances.size).toBe(1);

    await host.until(async () => clock.now() - from > 2 * DAY_MS);
    await host.trigger('pm_every_hour', {});
    expect(host.model.instances.size).toBe(0);
  });

  it('answers what the AWS SDK signs with a key it knows, through the conversions of the platform, and nothing else', async () => {
    const host = await startAzureHost({
      clock: testClock(),
      functions: new Map(),
      authentication: {
        secretOf: async (id) => (id === 'AKIDEXAMPLE' ? 'a secret' : undefined),
        region: 'us-east-1',
        now: Date.now,
      },
    });
    const list = async (secretAccessKey: string) => {
      const client = new SFNClient({
        region: 'us-east-1',
        endpoint: 'https://app.azurewebsites.example/',
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey },
        maxAttempts: 1,
        requestHandler: {
          async handle({ method, hostname, path, headers, body }: Signed) {
            const response = await host.api(new Request(`https://${hostname}${path}`, { method, headers, body }));
            const answered = Object.fromEntries(response.headers);
            return { response: { statusCode: response.status, headers: answered, body: response.body } };
          },
        },
      });
      return client.send(new ListStateMachinesCommand({})).finally(() => client.destroy());
    };

    expect((await list('a secret')).stateMachines).toEqual([]);
    await expect(list('another')).rejects.toThrow(/signature/i);
  });

  it('asks the platform for a key where requests are not signed', async () => {
    const { host } = await world();
    const level = (name: string) =>
      Object.values(host.registry.get(name)?.metadata.bindings ?? {}).find(({ authLevel }) => authLevel)?.['authLevel'];

    expect([level('pm_api'), level('pm_registry_webhook')]).toEqual(['anonymous', 'function']);
  });
});
