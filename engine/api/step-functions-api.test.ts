import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiUnderTest, apiUnderTest, machineArn, passing, roleArn } from '../../test/support/api-under-test.ts';
import { countingIds } from '../../test/support/counting-ids.ts';
import { stepFunctionsApi } from './step-functions-api.ts';

describe('stepFunctionsApi', () => {
  let tested: ApiUnderTest;
  beforeEach(() => {
    tested = apiUnderTest();
  });

  const post = (target: string | undefined, body: string) =>
    tested.fetch(
      new Request('http://127.0.0.1/', {
        method: 'POST',
        body,
        headers: target === undefined ? {} : { 'x-amz-target': target },
      }),
    );

  it('answers in AWS JSON 1.0 with an id for the request', async () => {
    const response = await post(
      'AWSStepFunctions.CreateStateMachine',
      JSON.stringify({ name: 'deploy', definition: passing, roleArn }),
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(response.headers.get('x-amzn-requestid')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(await response.json()).toEqual({ stateMachineArn: machineArn('deploy'), creationDate: 1767225600 });
  });

  it('names a refusal in the body and in a header', async () => {
    const response = await post(
      'AWSStepFunctions.DescribeStateMachine',
      JSON.stringify({ stateMachineArn: machineArn('none') }),
    );
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe('StateMachineDoesNotExist');
    expect(await response.json()).toEqual({
      __type: 'StateMachineDoesNotExist',
      message: `State Machine Does Not Exist: '${machineArn('none')}'`,
    });
  });

  it('takes an empty body as a request without members', async () => {
    const response = await post('AWSStepFunctions.ListStateMachines', '');
    expect(await response.json()).toEqual({ stateMachines: [] });
  });

  it.each([
    [
      'AWSStepFunctions.StartTheExecution',
      /X-Amz-Target must be AWSStepFunctions\.<Operation>, it was 'AWSStepFunctions\.StartTheExecution'; offered are CreateStateMachine,/,
    ],
    ['AWSStepFunctions.constructor', /it was 'AWSStepFunctions\.constructor'/],
    ['DynamoDB_20120810.PutItem', /it was 'DynamoDB_20120810\.PutItem'/],
    [undefined, /it was ''/],
  ])('refuses the target %s', async (target, message) => {
    const response = await post(target, '{}');
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      __type: 'UnknownOperationException',
      message: expect.stringMatching(message),
    });
  });

  it.each(['{"name"', '[]', '"text"', 'null'])('refuses the body %s', async (body) => {
    const response = await post('AWSStepFunctions.ListStateMachines', body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'SerializationException' });
  });

  it.each([
    ['CreateActivity', { name: 5 }, 'NUMBER_VALUE can not be converted to a String'],
    ['CreateActivity', { name: true }, 'TRUE_VALUE can not be converted to a String'],
    ['CreateActivity', { name: ['a'] }, 'Start of list found where not expected'],
    ['CreateActivity', { name: {} }, 'Start of structure or map found where not expected.'],
    ['ListActivities', { maxResults: '5' }, 'STRING_VALUE can not be converted to an Integer'],
    ['GetExecutionHistory', { executionArn: 'a', reverseOrder: 'x' }, 'STRING_VALUE can not be converted to a Boolean'],
    ['TagResource', { resourceArn: 'a', tags: 'x' }, 'Unexpected field type: a list is expected'],
  ])('refuses in %s the JSON types of %j', async (operation, request, message) => {
    const response = await post(`AWSStepFunctions.${operation}`, JSON.stringify(request));
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ __type: 'SerializationException', message });
  });

  it('says in an answer why a request breaks a rule, and which resource is not there', async () => {
    const answer = async (operation: string, request: object) =>
      (await post(`AWSStepFunctions.${operation}`, JSON.stringify(request))).json();
    const arn = 'arn:aws:states:us-east-1:000000000000:stateMachine:none';

    expect(await answer('ListExecutions', {})).toMatchObject({ reason: 'MISSING_REQUIRED_PARAMETER' });
    expect(await answer('ListTagsForResource', { resourceArn: arn })).toMatchObject({ resourceName: arn });
  });

  it('never repeats what may be secret', async () => {
    const input = `"${'s3cret'.repeat(50_000)}"`;
    const request = { stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:m', input };
    const response = await post('AWSStepFunctions.StartExecution', JSON.stringify(request));
    expect(await response.json()).toEqual({
      __type: 'ValidationException',
      message:
        "1 validation error detected: Value at 'input' failed to satisfy constraint: Member must have length less than or equal to 262144",
    });
  });

  it('refuses a body of more than 4 MiB before it has read it to the end', async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const request = new Request('http://127.0.0.1/', {
      method: 'POST',
      body: endless,
      duplex: 'half',
      headers: { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' },
    });
    const response = await tested.fetch(request);
    expect(response.status).toBe(413);
    expect(pulled).toBeLessThan(5 * 1024 * 1024);
  });

  it('refuses another method', async () => {
    const response = await tested.fetch(new Request('http://127.0.0.1/'));
    expect(response.status).toBe(405);
  });

  it('tells the log of a fault of its own and the caller where to look', async () => {
    const problems: unknown[] = [];
    const fault = new Error('secret detail');
    const operations = { ...tested.operations, ListStateMachines: () => Promise.reject(fault) };
    const fetch = stepFunctionsApi({ operations, ids: countingIds(), onProblem: (_, thrown) => problems.push(thrown) });
    const response = await fetch(
      new Request('http://127.0.0.1/', {
        method: 'POST',
        headers: { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' },
      }),
    );
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
    expect(problems).toEqual([fault]);
  });
});
