import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fetch, listen, type Listening } from '../../adapters/local/host/listen.ts';
import type { Json } from '../../engine/data/json.ts';
import type { Case, CaseStep } from './case.ts';
import { ACCOUNT, REGION } from './case-host.ts';
import { createClient, type Client } from './client.ts';
import { runCase, type Theatre } from './run-case.ts';

const roleArn = `arn:aws:iam::${ACCOUNT}:role/machine`;

describe('runCase', () => {
  let server: Listening;
  let client: Client;
  let fetch: Fetch;
  const theatre: Theatre = { serve: (host) => void (fetch = host.fetch(ACCOUNT)), client: () => client };
  beforeAll(async () => {
    server = await listen((request) => fetch(request), '127.0.0.1', 0);
    client = createClient(server.url, REGION);
  });
  afterAll(async () => {
    client.close();
    await server.close();
  });

  const recording = (more: Partial<Case>): Case => ({
    id: 'made-up',
    area: 'made-up',
    tier: 1,
    kind: 'api',
    recordedOn: 'AWS',
    recordedDate: '01-01-2025, 00:00:00',
    functions: {},
    expected: {},
    ...more,
  });
  const waiting = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 31_536_000, End: true } } };
  const waited = (name: string): Json[] => [
    {
      id: 1,
      previousEventId: 0,
      timestamp: 'timestamp',
      type: 'ExecutionStarted',
      executionStartedEventDetails: { input: {}, inputDetails: { truncated: false }, roleArn: '<role:1>' },
    },
    {
      id: 2,
      previousEventId: 0,
      timestamp: 'timestamp',
      type: 'WaitStateEntered',
      stateEnteredEventDetails: { name, input: {}, inputDetails: { truncated: false } },
    },
    {
      id: 3,
      previousEventId: 2,
      timestamp: 'timestamp',
      type: 'WaitStateExited',
      stateExitedEventDetails: { name, output: {}, outputDetails: { truncated: false } },
    },
    {
      id: 4,
      previousEventId: 3,
      timestamp: 'timestamp',
      type: 'ExecutionSucceeded',
      executionSucceededEventDetails: { output: {}, outputDetails: { truncated: false } },
    },
  ];

  it('passes an execution that does what was recorded, a year of waiting included', async () => {
    const expected = { status: 'SUCCEEDED', output: {}, events: waited('W') };
    const recorded = recording({ kind: 'execution', definition: waiting, input: {}, expected });

    expect(await runCase(recorded, {}, theatre)).toEqual({ kind: 'passed' });
  });

  it('fails one that does not, and says where', async () => {
    const expected = { status: 'SUCCEEDED', output: {}, events: waited('X') };
    const recorded = recording({ kind: 'execution', definition: waiting, input: {}, expected });

    expect(await runCase(recorded, {}, theatre)).toEqual({
      kind: 'failed',
      difference: 'events[1].stateEnteredEventDetails.name: expected "X", got "W"',
    });
  });

  it('lets no time pass for an execution that was recorded running', async () => {
    const expected = { status: 'RUNNING', events: waited('W').slice(0, 2) };
    const recorded = recording({ kind: 'execution', definition: waiting, input: {}, expected });

    expect(await runCase(recorded, {}, theatre)).toEqual({ kind: 'passed' });
  });

  it('gives a function its recorded behaviour', async () => {
    const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:f`;
    const recorded = recording({
      kind: 'execution',
      functions: { [arn]: { behaviour: 'double.py', name: 'f' } },
      definition: { StartAt: 'T', States: { T: { Type: 'Task', Resource: arn, End: true } } },
      input: 21,
      expected: { status: 'SUCCEEDED', output: '42' },
    });

    expect(await runCase(recorded, { 'double.py': { js: 'n => 2 * n' } }, theatre)).toEqual({ kind: 'passed' });
    expect(await runCase(recorded, {}, theatre)).toMatchObject({ kind: 'failed' });
  });

  const create = (n: number, definition: object) => ({
    n,
    call: 'CreateStateMachine',
    params: { name: 'm', roleArn, definition: JSON.stringify(definition) },
  });

  it('plays steps in order, with symbols, waits, threads and expected refusals', async () => {
    const recorded = recording({
      steps: [
        create(0, waiting),
        { n: 1, call: 'StartExecution', params: { stateMachineArn: '${0.stateMachineArn}' } },
        { n: 2, wait: 'execution_success', params: { execution_arn: '${1.executionArn}' } },
        { n: 3, thread: 't', call: 'DescribeExecution', params: { executionArn: '${1.executionArn}' } },
        { n: 4, match: 'status', value: { status: '${3.status}', name: 'x:${0.stateMachineArn:-1}' } },
        { n: 5, call: 'ListStateMachines', params: { maxResults: 1001 }, expectError: true },
        { n: 6, match: 'refusal', value: '${5.$typename}' },
        { n: 7, call: 'ListStateMachines', params: {} },
        { n: 8, match: 'computed', value: [] },
      ],
      expected: {
        status: { status: 'SUCCEEDED', name: 'x:m' },
        refusal: 'ValidationException',
        computed: [{ name: 'm', type: 'STANDARD', stateMachineArn: '<arn:1>', creationDate: 'datetime' }],
      },
    });

    expect(await runCase(recorded, {}, theatre)).toEqual({ kind: 'passed' });
  });

  it('fails a case whose call is taken where AWS refused it, or the other way round', async () => {
    const taken = recording({ steps: [{ ...create(0, waiting), expectError: true }], expected: { a: 1 } });
    const refused = recording({ steps: [create(0, {})], expected: { a: 1 } });

    expect(await runCase(taken, {}, theatre)).toEqual({
      kind: 'failed',
      difference: 'CreateStateMachine was taken, AWS refused it',
    });
    expect(await runCase(refused, {}, theatre)).toMatchObject({ kind: 'failed' });
  });

  it('leaves out what needs another service, once its creation was refused by name', async () => {
    const Resource = 'arn:aws:states:::sns:publish';
    const definition = { StartAt: 'S', States: { S: { Type: 'Task', Resource, Parameters: {}, End: true } } };
    const recorded = recording({ kind: 'execution', tier: 6, definition, expected: { status: 'SUCCEEDED' } });

    expect(await runCase(recorded, {}, theatre)).toEqual({
      kind: 'not-applicable',
      reason: 'refused at creation by name: sns:publish',
    });
  });

  const logging = (type: string, expected: Json) =>
    recording({
      kind: 'logs',
      steps: [
        { n: 0, fixture: 'sfn_create_log_group', params: { name: 'group' } },
        { n: 1, call: 'DescribeLogGroups', service: 'logs', params: { logGroupNamePrefix: 'group' } },
        {
          n: 2,
          call: 'CreateStateMachine',
          params: {
            name: 'm',
            roleArn,
            type,
            definition: JSON.stringify({ StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E' } } }),
            loggingConfiguration: {
              level: 'FATAL',
              destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: '${1.logGroups[0].arn}' } }],
            },
          },
        },
        { n: 3, call: 'StartExecution', params: { stateMachineArn: '${2.stateMachineArn}' } },
        { n: 4, wait: 'execution_logs', params: { logGroupName: 'group' } },
        { n: 5, match: 'end_event', value: '${4[-1].type}' },
        { n: 6, match: 'logged_execution_events', value: [] },
      ],
      expected: { end_event: 'ExecutionFailed', logged_execution_events: expected },
    });
  const ended = {
    id: '3',
    type: 'ExecutionFailed',
    details: { error: 'E' },
    redrive_count: '0',
    previous_event_id: '2',
    event_timestamp: 'timestamp',
    execution_arn: '<arn:1>',
  };

  it.each(['STANDARD', 'EXPRESS'])('compares what a %s execution logged, line by line', async (type) => {
    expect(await runCase(logging(type, [ended]), {}, theatre)).toEqual({ kind: 'passed' });
    expect(await runCase(logging(type, [ended, ended]), {}, theatre)).toMatchObject({ kind: 'failed' });
    expect(await runCase(logging(type, []), {}, theatre)).toMatchObject({ kind: 'failed' });
  });

  it('refuses a log group that the recorded test deleted', async () => {
    const [fixture, describe, create] = logging('STANDARD', []).steps ?? [];
    const drop = { n: 9, call: 'DeleteLogGroup', service: 'logs', params: { logGroupName: 'group' } };
    const steps = [fixture, describe, drop, { ...create, n: 2, expectError: true }].filter(
      (step) => step !== undefined,
    );
    const match = { n: 10, match: 'refusal', value: '${2.Error.Message}' };
    const expected = { refusal: 'Invalid Logging Configuration: Log Destination not found.' };

    expect(await runCase(recording({ steps: [...steps, match] as CaseStep[], expected }), {}, theatre)).toEqual({
      kind: 'passed',
    });
  });

  it('collects the status events that a recorded rule brings into a queue', async () => {
    const events = (statuses: readonly string[]) =>
      recording({
        kind: 'eventbridge',
        steps: [
          create(0, waiting),
          {
            n: 1,
            helper: 'sfn_events_to_sqs_queue',
            params: { state_machine_arn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:m` },
          },
          { n: 2, call: 'StartExecution', params: { stateMachineArn: '${0.stateMachineArn}' } },
          { n: 3, wait: 'execution_terminated', params: { execution_arn: '${2.executionArn}' } },
          { n: 4, call: 'ReceiveMessage', service: 'sqs', poll: true, params: { QueueUrl: '${1}' } },
          { n: 5, match: 'events', value: ['${4.Messages[0].Body.$json.detail.status}'] },
        ],
        expected: { events: statuses },
      });

    expect(await runCase(events(['RUNNING', 'SUCCEEDED']), {}, theatre)).toEqual({ kind: 'passed' });
    expect(await runCase(events(['RUNNING']), {}, theatre)).toMatchObject({ kind: 'failed' });
  });

  it('calls back for the queue of a recorded helper', async () => {
    const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/q`;
    const Resource = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
    const MessageBody = { Message: 'hello', 'TaskToken.$': '$$.Task.Token' };
    const recorded = recording({
      kind: 'execution',
      tier: 2,
      setup: [
        { n: 0, fixture: 'sqs_create_queue', params: { QueueName: 'q' } },
        { n: 1, helper: 'sqs_send_heartbeat_and_task_success_state_machine', params: { args: [QueueUrl] } },
      ],
      definition: {
        StartAt: 'S',
        States: {
          S: { Type: 'Task', Resource, HeartbeatSeconds: 10, Parameters: { QueueUrl, MessageBody }, End: true },
        },
      },
      expected: { status: 'SUCCEEDED', output: '"hello"' },
    });

    expect(await runCase(recorded, {}, theatre)).toEqual({ kind: 'passed' });
  });

  it('has the buckets and objects of a recorded test, for its machine and for itself', async () => {
    const states = (ItemReader: object) => ({
      StartAt: 'M',
      States: {
        M: {
          Type: 'Map',
          Label: 'l',
          ItemReader: { Parameters: { Bucket: 'b' }, ...ItemReader },
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'P',
            States: { P: { Type: 'Pass', OutputPath: '$.Key', End: true } },
          },
          End: true,
        },
      },
    });
    const recorded = recording({
      steps: [
        { n: 0, fixture: 's3_create_bucket', params: { name: 'b' } },
        { n: 1, service: 's3', call: 'PutObject', params: { Bucket: '${0}', Key: 'k', Body: 'hello' } },
        create(2, states({ Resource: 'arn:aws:states:::s3:listObjectsV2' })),
        { n: 3, call: 'StartExecution', params: { stateMachineArn: '${2.stateMachineArn}' } },
        { n: 4, wait: 'execution_success', params: { execution_arn: '${3.executionArn}' } },
        { n: 5, service: 's3', call: 'GetObject', params: { Bucket: 'b', Key: '${4.output.$json[0]}' } },
        { n: 6, match: 'body', value: '${5.Body}' },
      ],
      expected: { body: 'hello' },
    });

    expect(await runCase(recorded, {}, theatre)).toEqual({ kind: 'passed' });
  });
});
