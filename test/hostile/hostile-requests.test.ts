import { afterEach, describe, expect, it } from 'vitest';
import { apiUnderTest, machineArn, passing, roleArn } from '../support/api-under-test.ts';

const api = apiUnderTest();
// Whatever is asked, the fault is the caller's.
afterEach(() => expect(api.problems).toEqual([]));

async function call(operation: string, body: object | string | Uint8Array<ArrayBuffer>) {
  const response = await api.fetch(
    new Request('http://host/', {
      method: 'POST',
      headers: { 'x-amz-target': `AWSStepFunctions.${operation}` },
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    }),
  );
  const said = (await response.json()) as { readonly __type?: string; readonly message?: string };
  return { ...said, code: said.__type ?? response.status };
}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
let last = 0;
const started = async (input: string) => {
  await call('CreateStateMachine', { name: 'passing', definition: passing, roleArn });
  return call('StartExecution', { stateMachineArn: machineArn('passing'), name: `e${++last}`, input });
};
const created = (definition: string) => call('CreateStateMachine', { name: `m${++last}`, definition, roleArn });

describe('a body', () => {
  it.each<[string, string | Uint8Array<ArrayBuffer>, string | number]>([
    ['nested two million deep', nested(2_000_000), 'SerializationException'],
    ['whose member is nested too deeply to be shown', `{"name":"x","type":${nested(5000)}}`, 'SerializationException'],
    ['of 4 MiB and a byte', ' '.repeat(4_194_305), 'RequestEntityTooLargeException'],
    ['of just 4 MiB', `{}${' '.repeat(4_194_302)}`, 200],
    ['that begins with a byte order mark', '\uFEFF{}', 'SerializationException'],
    ['that ends with NUL', '{}\0', 'SerializationException'],
    ['that is no UTF-8 in a name nobody reads', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 200],
    ['with members that every object has', '{"__proto__":{"maxResults":-1},"constructor":1,"toString":2}', 200],
    ['with a number that no double can hold', '{"maxResults":1e400}', 'SerializationException'],
    ['with a member twice: the last counts', '{"maxResults":-1,"maxResults":1}', 200],
  ])('%s is answered', async (_, body, code) => {
    expect((await call('ListStateMachines', body)).code).toBe(code);
  });

  it.each(['__proto__', 'constructor', 'toString'])('for the operation %s is answered', async (operation) => {
    expect((await call(operation, '{}')).code).toBe('UnknownOperationException');
  });
});

describe('an input', () => {
  it.each<[string, string, string | number]>([
    ['nested 1,000 deep', nested(1000), 200],
    ['nested 1,001 deep', nested(1001), 'InvalidExecutionInput'],
    ['nested as deep as 256 KiB allow', nested(131_072), 'InvalidExecutionInput'],
    ['of just 256 KiB', `"${'x'.repeat(262_142)}"`, 200],
    ['of 256 KiB and a byte', `"${'x'.repeat(262_143)}"`, 'ValidationException'],
    ['that begins with a byte order mark', '\uFEFF{}', 'InvalidExecutionInput'],
    ['with NUL in a text', '"\0"', 'InvalidExecutionInput'],
    ['with NUL written as an escape', '"\\u0000"', 200],
    ['with a lone surrogate', '"\\ud800"', 200],
    ['with a number that no double can hold', '[1e400]', 'InvalidExecutionInput'],
    ['with a member twice', '{"a":1,"a":2}', 200],
  ])('%s is answered', async (_, input, code) => {
    expect((await started(input)).code).toBe(code);
  });
});

describe('a definition', () => {
  it.each<[string, string, string | number]>([
    ['of just 1 MiB', `${passing}${' '.repeat(1_048_576 - passing.length)}`, 200],
    ['of 1 MiB and a character', `${passing}${' '.repeat(1_048_577 - passing.length)}`, 'ValidationException'],
    ['of half a million arrays', nested(500_000), 'InvalidDefinition'],
    ['of a million arrays without an end', '['.repeat(1_000_000), 'InvalidDefinition'],
    ['that begins with a byte order mark', `\uFEFF${passing}`, 'InvalidDefinition'],
    ['that ends with NUL', `${passing}\0`, 'InvalidDefinition'],
  ])('%s is answered', async (_, definition, code) => {
    expect((await created(definition)).code).toBe(code);
  });

  it('is tested alone within the limits of a state', async () => {
    const endless = {
      Type: 'Pass',
      QueryLanguage: 'JSONata',
      Output: '{% ($f := function() { 1 + $f() }; $f()) %}',
      End: true,
    };
    const answer = await call('TestState', { definition: JSON.stringify(endless), roleArn });
    expect(answer).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    const mock = { result: nested(5000) };
    const task = JSON.stringify({ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true });
    expect((await call('TestState', { definition: task, roleArn, mock })).code).toBe('ValidationException');
    expect((await call('TestState', { definition: passing, roleArn, variables: nested(5000) })).code).toBe(
      'ValidationException',
    );
  });
});

describe('a task token', () => {
  const token = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each([
    ['of a frame called __proto__', token([machineArn('x'), '__proto__', '1', 'n']), 'TaskTimedOut'],
    ['of a frame called constructor', token([machineArn('x'), 'constructor', '1', 'n']), 'TaskTimedOut'],
    ['of arrays in arrays', token(JSON.parse(nested(300))), 'InvalidToken'],
  ])('%s is answered', async (_, taskToken, code) => {
    expect((await call('SendTaskSuccess', { taskToken, output: '1' })).code).toBe(code);
  });
});
