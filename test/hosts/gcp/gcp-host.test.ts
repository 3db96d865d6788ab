import { afterEach, describe, expect, it } from 'vitest';
import { isObject, type Json } from '../../../engine/data/json.ts';
import type { HistoryEvent } from '../../../engine/core/history.ts';
import { historyLines } from '../../support/history-lines.ts';
import { runMachine } from '../../support/run-machine.ts';
import { crashMachine, distributedCrashMachine } from '../../chaos/crash-machine.ts';
import { functionArn, type GcpHost, type GcpHostOptions, machineArn, startGcpHost } from './start-gcp-host.ts';

const hosts: GcpHost[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.end();
});

async function hostWith(options: GcpHostOptions): Promise<GcpHost> {
  const host = await startGcpHost(options);
  hosts.push(host);
  return host;
}

async function run(host: GcpHost, machine: string, input: Json = {}) {
  const { executionArn } = await host.call('StartExecution', {
    stateMachineArn: machineArn(machine),
    name: 'run',
    input: JSON.stringify(input),
  });
  await host.settled();
  const arn = String(executionArn);
  const { items: history } = await host.store.history(arn, { limit: 30_000, reverse: false });
  return { arn, history, summary: await host.store.summary(arn) };
}

const flaky = (input: Json): Json => {
  const { attempt = 0, value = null } = isObject(input) ? input : {};
  if (Number(attempt) < 2) throw Object.assign(new Error(`attempt ${Number(attempt)}`), { name: 'NotYet' });
  return value;
};
const steady = (input: Json): Json => (isObject(input) ? (input['value'] ?? null) : null);
const functions = { steady: async (input: Json) => steady(input), flaky: async (input: Json) => flaky(input) };

/** Causes hold a stack here and a sentence there. */
const withoutCauses = (history: readonly HistoryEvent[]): readonly HistoryEvent[] =>
  JSON.parse(JSON.stringify(history, (key, value: unknown) => (key === 'cause' ? 'CAUSE' : value)));

describe('the host for Google Cloud', () => {
  it('runs branches, iterations, retries and waits with the history of the local host', async () => {
    const definition = crashMachine.definition;
    const input = { items: [1, 2, 3, 4, 5] };
    const local = await runMachine(definition, { input, functions: { steady, flaky } });
    const host = await hostWith({ definitions: { crash: definition }, functions });
    const { history, summary } = await run(host, 'crash', input);

    expect(host.problems).toEqual([]);
    expect(summary).toMatchObject({ status: 'SUCCEEDED', output: local.summary.output });
    expect(historyLines(withoutCauses(history))).toEqual(historyLines(withoutCauses(local.history)));
  });

  it('runs distributed Maps, the executions of which are executions of their own', async () => {
    const input = { items: [1, 2, 3, 4, 5, 6] };
    const local = await runMachine(distributedCrashMachine.definition, { input, functions: { steady } });
    const host = await hostWith({ definitions: { crash: distributedCrashMachine.definition }, functions });
    const { arn, history, summary } = await run(host, 'crash', input);

    expect(host.problems).toEqual([]);
    expect(summary).toMatchObject({ status: 'SUCCEEDED', output: local.summary.output });
    expect(history.map(({ type }) => type)).toEqual(local.types);
    const { items } = await host.store.mapRuns({ executionArn: arn, limit: 9 });
    expect(items.map(({ status }) => status)).toEqual(local.mapRuns.map(({ status }) => status));
  });

  it('starts child executions, stops the one that is given up, and waits for the other', async () => {
    const start = (child: string, more: object) => ({
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Arguments: { StateMachineArn: machineArn(child), Input: {} },
      ...more,
    });
    const waiting = (Seconds: number) => ({ StartAt: 'W', States: { W: { Type: 'Wait', Seconds, End: true } } });
    const host = await hostWith({
      functions: {},
      definitions: {
        short: waiting(5),
        long: waiting(86_400),
        parent: {
          QueryLanguage: 'JSONata',
          StartAt: 'Short',
          States: {
            Short: start('short', { Output: 'short', Next: 'Long' }),
            Long: start('long', {
              TimeoutSeconds: 60,
              Catch: [{ ErrorEquals: ['States.Timeout'], Output: 'given up', Next: 'Done' }],
              End: true,
            }),
            Done: { Type: 'Succeed' },
          },
        },
      },
    });
    const { summary } = await run(host, 'parent');

    expect(summary).toMatchObject({ status: 'SUCCEEDED', output: '"given up"' });
    const listed = await Promise.all(
      ['short', 'long'].map((child) => host.store.list({ machineArn: machineArn(child), limit: 9 })),
    );
    expect(listed.map(({ items }) => items.map(({ status }) => status))).toEqual([['SUCCEEDED'], ['ABORTED']]);
  });

  it('waits a hundred days in links of at most 29', async () => {
    const definition = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 100 * 86_400, End: true } } };
    const host = await hostWith({ definitions: { long: definition }, functions: {} });
    const { history, summary } = await run(host, 'long');

    expect(summary?.status).toBe('SUCCEEDED');
    expect((Number(history.at(-1)?.timestamp) - Number(history[0]?.timestamp)) / 86_400_000).toBe(100);
    expect(host.tasks().created).toBe(4);
  });

  it('lets a state time out whose function hangs, and ignores what it says later', async () => {
    const late = Promise.withResolvers<string>();
    const host = await hostWith({
      functions: { hangs: () => late.promise },
      definitions: {
        m: {
          StartAt: 'Work',
          States: {
            Work: {
              Type: 'Task',
              Resource: functionArn('hangs'),
              TimeoutSeconds: 30,
              Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Rest' }],
              End: true,
            },
            Rest: { Type: 'Wait', Seconds: 5, End: true },
          },
        },
      },
    });
    const { arn, history, summary } = await run(host, 'm');
    late.resolve('late');
    await host.settled();

    expect(summary?.status).toBe('SUCCEEDED');
    expect(history.map(({ type }) => type)).toContain('LambdaFunctionTimedOut');
    expect((await host.store.history(arn, { limit: 1000, reverse: false })).items).toEqual(history);
  });

  it('finishes a task by its token', async () => {
    const tokens: string[] = [];
    const host = await hostWith({
      functions: {
        async ask(input) {
          if (isObject(input) && typeof input['token'] === 'string') tokens.push(input['token']);
        },
      },
      definitions: {
        m: {
          StartAt: 'Ask',
          States: {
            Ask: {
              Type: 'Task',
              Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
              Parameters: { FunctionName: functionArn('ask'), Payload: { 'token.$': '$$.Task.Token' } },
              End: true,
            },
          },
        },
      },
    });
    const { arn, summary } = await run(host, 'm');
    expect(summary?.status).toBe('RUNNING');
    await host.call('SendTaskSuccess', { taskToken: tokens[0], output: '"yes"' });
    await host.settled();
    expect(await host.store.summary(arn)).toMatchObject({ status: 'SUCCEEDED', output: '"yes"' });
  });

  it('refuses when they are created what this host does not offer', async () => {
    const host = await hostWith({ definitions: {}, functions });
    const create = (definition: object, more: object = {}) =>
      host.call('CreateStateMachine', {
        name: 'm',
        definition: JSON.stringify(definition),
        roleArn: 'arn:aws:iam::000000000000:role/pointsman',
        ...more,
      });
    const task = (Resource: string) => ({ StartAt: 'T', States: { T: { Type: 'Task', Resource, End: true } } });
    const pass = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
    const map = {
      StartAt: 'M',
      States: {
        M: {
          Type: 'Map',
          ItemReader: { Resource: 'arn:aws:states:::s3:listObjectsV2', Parameters: { Bucket: 'b' } },
          ItemProcessor: { ...pass, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
          End: true,
        },
      },
    };
    await expect(create(task('arn:aws:states:us-east-1:000000000000:activity:a'))).rejects.toThrow(
      'this host has no activities',
    );
    await expect(create(task(functionArn('none')))).rejects.toThrow("not one of this host's functions");
    await expect(create(map)).rejects.toThrow('ItemReader needs an object store');
    await expect(create(pass, { type: 'EXPRESS' })).rejects.toThrow(/STANDARD|Express|EXPRESS/);
    const logGroupArn = 'arn:aws:logs:us-east-1:000000000000:log-group:g:*';
    const destinations = [{ cloudWatchLogsLogGroup: { logGroupArn } }];
    await expect(create(pass, { loggingConfiguration: { level: 'ALL', destinations } })).rejects.toThrow(/[Ll]og/);
    await expect(host.call('CreateActivity', { name: 'a' })).rejects.toThrow('not offered on this host');
    await expect(host.call('GetActivityTask', { activityArn: 'a' })).rejects.toThrow('not offered on this host');
    expect((await host.call('ListStateMachines', {}))['stateMachines']).toEqual([]);
  });
});
