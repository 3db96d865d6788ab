import { describe, expect, it, vi } from 'vitest';
import { around, aroundJsonata, functionArn, machineOf, problemsOf, stateA } from './reading-in-tests.ts';

const task = (fields: object) => around({ Type: 'Task', Resource: functionArn, ...fields });
const request = { FunctionName: 'f', StateMachineArn: 'm' };
const calling = (resource: string) =>
  around({ Type: 'Task', Resource: resource, ...(resource.includes(':::') && { Parameters: request }) });

describe('the resource of a Task', () => {
  it.each([
    [functionArn, { kind: 'function', arn: functionArn }],
    [`${functionArn}:live`, { kind: 'function', arn: `${functionArn}:live` }],
    ['arn:aws:states:::lambda:invoke', { service: 'lambda', action: 'invoke', pattern: 'request' }],
    ['arn:aws:states:::lambda:invoke.waitForTaskToken', { action: 'invoke', pattern: 'waitForTaskToken' }],
    ['arn:aws:states:::states:startExecution', { service: 'states', pattern: 'request' }],
    ['arn:aws:states:::states:startExecution.sync', { action: 'startExecution', pattern: 'sync' }],
    ['arn:aws:states:::states:startExecution.sync:2', { action: 'startExecution', pattern: 'sync:2' }],
    ['arn:aws-cn:states:::states:startExecution.waitForTaskToken', { pattern: 'waitForTaskToken' }],
  ])('%s is read', (arn, resource) => {
    expect(stateA(calling(arn), 'Task').resource).toMatchObject(resource);
  });

  it.each([
    ['shift-traffic', 'Value is not a valid resource ARN'],
    [
      'arn:aws:states:::dynamodb:query',
      'The resource provided arn:aws:states:::dynamodb:query is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.',
    ],
    [
      'arn:aws:states:::constructor:name',
      'The resource provided arn:aws:states:::constructor:name is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.',
    ],
    [
      'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      "The service integration 'sqs:sendMessage.waitForTaskToken' is not offered here yet; what is: lambda:invoke (request, waitForTaskToken), states:startExecution (request, sync, sync:2, waitForTaskToken) and the ARN of a function",
    ],
  ])('%s is refused', (arn, problem) => {
    expect(problemsOf(calling(arn))).toEqual([`SCHEMA_VALIDATION_FAILED: ${problem} at /States/A/Resource`]);
  });

  it('may be one that the host knows', () => {
    const knows = vi.fn(() => true);
    const arn = 'arn:aws:states:::aws-sdk:rds:failoverDBCluster';
    const machine = machineOf(calling(arn), { knows });

    expect(machine.states['A']).toMatchObject({ resource: { service: 'aws-sdk:rds', action: 'failoverDBCluster' } });
    expect(knows).toHaveBeenCalledWith(arn);
  });

  it.each([
    [
      'arn:aws:states:::states:startExecution.sync',
      "Express state machine does not support '.sync' service integration",
    ],
    [
      'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      "Express state machine does not support '.waitForTaskToken' service integration ",
    ],
    ['arn:aws:states:us-east-1:000000000000:activity:approve', 'Express state machine does not support Activity ARN'],
  ])('%s is refused in an Express machine', (arn, problem) => {
    expect(problemsOf(calling(arn), { type: 'EXPRESS' })).toEqual([
      `SCHEMA_VALIDATION_FAILED: ${problem} at /States/A/Resource`,
    ]);
  });

  it.each([
    ['Parameters', around],
    ['Arguments', aroundJsonata],
  ])('has %s when it is an integration', (field, machine) => {
    expect(problemsOf(machine({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke' }))).toEqual([
      `SCHEMA_VALIDATION_FAILED: ${field} field is required for resource ARN: arn:aws:states:::lambda:invoke at /States/A/Resource`,
    ]);
  });

  it.each([
    ['lambda:invoke', 'FunctionName'],
    ['states:startExecution', 'StateMachineArn'],
  ])('%s is given a %s', (action, field) => {
    const calls = (Parameters: object) => task({ Resource: `arn:aws:states:::${action}`, Parameters });
    expect(problemsOf(calls({ [`${field}.$`]: '$.a' }))).toEqual([]);
    expect(problemsOf(calls({}))).toEqual([
      `SCHEMA_VALIDATION_FAILED: The field '${field}' is required but was missing at /States/A/Parameters`,
    ]);
  });

  it('has no credentials when it is an activity', () => {
    const Resource = 'arn:aws:states:us-east-1:000000000000:activity:approve';
    expect(problemsOf(task({ Resource, Credentials: { RoleArn: 'r' } }))).toEqual([
      "SCHEMA_VALIDATION_FAILED: The field 'Credentials' is not supported for activities at /States/A/Credentials",
    ]);
  });

  it('is required', () => {
    expect(problemsOf(around({ Type: 'Task' }))).toEqual([
      'SCHEMA_VALIDATION_FAILED: These fields are required: [Resource] at /States/A',
    ]);
  });
});

describe('the time limits of a Task', () => {
  it('are written out, named by a path, or computed', () => {
    expect(stateA(task({ TimeoutSeconds: 60, HeartbeatSecondsPath: '$.limits.beat' }), 'Task')).toMatchObject({
      timeoutSeconds: { kind: 'constant', value: 60 },
      heartbeatSeconds: { kind: 'path', field: 'HeartbeatSecondsPath', path: { text: '$.limits.beat' } },
    });
    expect(
      stateA(aroundJsonata({ Type: 'Task', Resource: functionArn, TimeoutSeconds: '{% $limit %}' }), 'Task')
        .timeoutSeconds,
    ).toMatchObject({ kind: 'template', field: 'TimeoutSeconds' });
  });

  it.each([
    [{ TimeoutSeconds: 0 }, 'Minimum value is 1 at /States/A/TimeoutSeconds'],
    [{ TimeoutSeconds: 100_000_000 }, 'Maximum value is 99999999 at /States/A/TimeoutSeconds'],
    [{ TimeoutSeconds: 1.5 }, 'Expected value of type Integer at /States/A/TimeoutSeconds'],
    [{ TimeoutSeconds: '{% 1 %}' }, 'Expected value of type Integer at /States/A/TimeoutSeconds'],
    [
      { TimeoutSeconds: 1, TimeoutSecondsPath: '$.a' },
      'There should only be one of the following fields: [TimeoutSeconds, TimeoutSecondsPath] at /States/A',
    ],
    [
      { TimeoutSeconds: 60, HeartbeatSeconds: 60 },
      "'HeartbeatSeconds' must be less than 'TimeoutSeconds' at /States/A/HeartbeatSeconds",
    ],
  ])('are refused as %j', (fields, problem) => {
    expect(problemsOf(task(fields))).toEqual([`SCHEMA_VALIDATION_FAILED: ${problem}`]);
  });

  it('cannot be named by a path into the context object', () => {
    expect(problemsOf(task({ TimeoutSecondsPath: '$$.Execution.Input.limit' }))).toEqual([
      expect.stringContaining('Value is not a Reference Path'),
    ]);
  });
});

describe('the credentials of a Task', () => {
  it('name a role', () => {
    expect(problemsOf(task({ Credentials: { 'RoleArn.$': '$.role' } }))).toEqual([]);
    expect(problemsOf(task({ Credentials: {} }))).toEqual([
      "SCHEMA_VALIDATION_FAILED: The field 'RoleArn' is required but was missing at /States/A/Credentials",
    ]);
  });
});
