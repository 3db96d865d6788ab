import { describe, expect, it } from 'vitest';
import { apiUnderTest } from '../../../test/support/api-under-test.ts';
import { functionArn } from '../../../test/support/run-machine.ts';

const put = {
  Type: 'Task',
  Resource: 'arn:aws:states:::events:putEvents',
  Parameters: { 'Entries.$': '$.Entries' },
  End: true,
};
const start = {
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution',
  Parameters: { StateMachineArn: 'm' },
  End: true,
};
const map = {
  Type: 'Map',
  ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Pass', End: true } } },
  End: true,
};
const parallel = {
  Type: 'Parallel',
  Branches: ['A', 'B'].map((name) => ({ StartAt: name, States: { [name]: { Type: 'Pass', End: true } } })),
  End: true,
};
const roleArn = 'arn:aws:iam::000000000000:role/test';

const test = (definition: object, more: object = {}) =>
  apiUnderTest().operations.TestState({ definition: JSON.stringify(definition), ...more });

const result = (value: unknown) => ({ result: JSON.stringify(value) });

describe('TestState', () => {
  it('is served under the host name that clients put before the endpoint', async () => {
    const { fetch } = apiUnderTest();
    const request = new Request('http://sync-localhost:7400/', {
      method: 'POST',
      headers: { 'x-amz-target': 'AWSStepFunctions.TestState' },
      body: JSON.stringify({ definition: '{"Type":"Pass","End":true}', input: '[1]' }),
    });
    const response = await fetch(request);

    expect(await response.json()).toEqual({ output: '[1]', status: 'SUCCEEDED' });
  });

  it('tests a state of a machine, wherever it stands in it', async () => {
    const machine = { StartAt: 'All', States: { All: parallel } };

    expect(await test(machine, { stateName: 'B', input: '{"b":1}' })).toEqual({
      output: '{"b":1}',
      status: 'SUCCEEDED',
    });
  });

  it('shows the data on its way as JSON text', async () => {
    const input = '{ "Entries": [] }';

    expect(await test(put, { input, inspectionLevel: 'DEBUG', mock: result({}) })).toEqual({
      output: '{}',
      status: 'SUCCEEDED',
      inspectionData: {
        input,
        afterInputPath: '{"Entries":[]}',
        afterParameters: '{"Entries":[]}',
        result: '{}',
        afterResultSelector: '{}',
        afterResultPath: '{}',
      },
    });
  });

  it('tells what a mocked error leads to', async () => {
    const state = {
      ...start,
      Retry: [{ ErrorEquals: ['Broken'], MaxAttempts: 2 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Mend' }],
    };
    const mock = { errorOutput: { error: 'Broken', cause: 'by test' } };
    const once = await test(state, { mock, inspectionLevel: 'TRACE' });
    const after = await test(state, { mock, stateConfiguration: { retrierRetryCount: 2 }, inspectionLevel: 'TRACE' });

    expect(once).toMatchObject({
      status: 'RETRIABLE',
      error: 'Broken',
      inspectionData: { errorDetails: { retryIndex: 0, retryBackoffIntervalSeconds: 1 } },
    });
    expect(after).toMatchObject({
      status: 'CAUGHT_ERROR',
      error: 'Broken',
      nextState: 'Mend',
      output: '{"Error":"Broken","Cause":"by test"}',
      inspectionData: { errorDetails: { retryIndex: 0, catchIndex: 0 } },
    });
  });

  it('has a worker do the task that is not mocked', async () => {
    const { operations, dispatcher } = apiUnderTest();
    const definition = JSON.stringify({ Type: 'Task', Resource: functionArn('verify-release'), End: true });
    const answer = operations.TestState({ definition, roleArn, input: '{"a":1}' });
    dispatcher.succeed(dispatcher.open()[0] ?? '', { ok: true });

    expect(await answer).toEqual({ output: '{"ok":true}', status: 'SUCCEEDED' });
  });

  it('waits as a Wait does, for five minutes at most', async () => {
    const { operations, clock } = apiUnderTest();
    const wait = (Seconds: number) =>
      operations.TestState({ definition: JSON.stringify({ Type: 'Wait', Seconds, End: true }) });
    const answers = Promise.all([wait(300), wait(301)]);
    clock.advance(300_000);

    expect(await answers).toEqual([
      { output: '{}', status: 'SUCCEEDED' },
      { error: 'States.Timeout', status: 'FAILED' },
    ]);
  });

  it('gives a mocked state the context object as it is', async () => {
    const state = { ...put, Parameters: {}, ResultSelector: { 'c.$': '$$' } };
    const context = '{"Execution":{"Name":"mine"}}';

    expect(await test(state, { context, mock: result({}) })).toMatchObject({
      output: '{"c":{"Execution":{"Name":"mine"}}}',
    });
  });
});

describe('TestState refuses', () => {
  const invalid = 'ValidationException';
  const invalidContext = 'Invalid Context object provided: ';
  const resultProblem = 'Mock result schema validation error: ';
  it.each([
    ['a state that is not there', put, { stateName: 'X' }, 'InvalidDefinition', 'Invalid State Machine Definition'],
    ['a Map without a mock', map, {}, 'InvalidDefinition', 'TestState API does not support Map or Parallel states.'],
    ['a task without a role', put, {}, invalid, 'RoleArn must be specified when testing a Task state'],
    [
      'a mock of a Pass',
      { Type: 'Pass', End: true },
      { mock: result(1) },
      invalid,
      "State type 'Pass' is not supported when a mock is specified",
    ],
    [
      'a result and an error at once',
      put,
      { mock: { ...result({}), errorOutput: {} } },
      invalid,
      'A test mock should have only one of the following fields: [result, errorOutput].',
    ],
    [
      'secrets beside a mock',
      put,
      { mock: result({}), revealSecrets: true },
      invalid,
      'TestState does not support RevealSecrets when a mock is specified.',
    ],
    ['a result that is no JSON', put, { mock: { result: 'x' } }, invalid, 'Mocked result must be valid JSON'],
    ['an object for a Map', map, { mock: result({}) }, invalid, 'Mocked result must be an array.'],
    [
      'a list for a Map that writes its results elsewhere',
      {
        ...map,
        ItemProcessor: { ...map.ItemProcessor, ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' } },
        ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: { Bucket: 'b', Prefix: 'p' } },
      },
      { mock: result([]) },
      invalid,
      'Mocked result must be a JSON object.',
    ],
    [
      'a branch too few',
      parallel,
      { mock: result([1]) },
      invalid,
      'Mocked result must contain the same number of items as number of Parallel branches.',
    ],
    [
      'more failures than items',
      map,
      { input: '[1]', mock: result([1]), stateConfiguration: { mapIterationFailureCount: 2 } },
      invalid,
      'Map iteration failure count must be less than or equal to the number of Map iterations',
    ],
    [
      'a failure count without a mock',
      map,
      { stateConfiguration: { mapIterationFailureCount: 0 } },
      invalid,
      'TestState does not support MapIterationFailureCount when a mock is not specified.',
    ],
    [
      'an unknown part of the context',
      put,
      { mock: result({}), context: '{"X":1}' },
      invalid,
      `${invalidContext}Field 'X' is not allowed`,
    ],
    [
      'a wrong type in the context',
      put,
      { mock: result({}), context: '{"Execution":{"Id":1}}' },
      invalid,
      `${invalidContext}Execution.Id must be a string`,
    ],
    [
      'a Map in the context',
      put,
      { mock: result({}), context: '{"Map":{}}' },
      invalid,
      `${invalidContext}'Map' field is not supported when mocking a Context object`,
    ],
    [
      'a token where none is',
      put,
      { mock: result({}), context: '{"Task":{"Token":"t"}}' },
      invalid,
      `${invalidContext}Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern`,
    ],
    [
      'a result that the service could not give',
      put,
      { mock: result({ Entries: [{ EventId: [] }] }) },
      invalid,
      `${resultProblem}Field 'EventId' must be a string`,
    ],
    [
      'what is missing in STRICT mode',
      start,
      { mock: result({}) },
      invalid,
      `${resultProblem}Required field 'ExecutionArn' is missing`,
    ],
  ])('%s', async (_, definition, more, code, message) => {
    await expect(test(definition, more)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it.each(['PRESENT', 'NONE'])('no missing field in %s mode', async (fieldValidationMode) => {
    const answer = test(start, { mock: { ...result({}), fieldValidationMode } });

    await expect(answer).resolves.toMatchObject({ status: 'SUCCEEDED' });
  });
});
