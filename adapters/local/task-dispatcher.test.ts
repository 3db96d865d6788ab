import { describe, expect, it } from 'vitest';
import { plusSeconds } from '../../engine/data/instant.ts';
import type { Json } from '../../engine/data/json.ts';
import type { TaskOutcome, TaskRequest } from '../../engine/runner/ports.ts';
import { StepFailure } from '../../functions/step-failure.ts';
import { testClock } from '../../test/support/test-clock.ts';
import type { LocalFunction } from './local-function.ts';
import { inProcessTaskDispatcher } from './task-dispatcher.ts';

const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const invoke = 'arn:aws:states:::lambda:invoke';

describe('inProcessTaskDispatcher', () => {
  it('fails with the name of what was thrown, and Lambda’s text of it as the cause', async () => {
    const named = await outcomeOf(failingWith(new StepFailure('Pointsman.NotReady', 'no candidate')));
    expect(named).toMatchObject({ kind: 'failed', error: 'Pointsman.NotReady' });
    expect(causeOf(named)).toMatchObject({ errorType: 'Pointsman.NotReady', errorMessage: 'no candidate' });
    expect(causeOf(named)).toHaveProperty('trace.0', 'Pointsman.NotReady: no candidate');

    const plain = await outcomeOf(failingWith(new RangeError('too far')));
    expect(plain).toMatchObject({ error: 'RangeError' });
    expect(causeOf(plain)).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far' });

    const text = await outcomeOf(failingWith('just text'));
    expect(text).toEqual({
      kind: 'failed',
      error: 'string',
      cause: '{"errorType":"string","errorMessage":"just text","trace":[]}',
    });
  });

  it('fails a function that throws before it gives a promise', async () => {
    const outcome = await outcomeOf(() => {
      throw new Error('at once');
    });
    expect(outcome).toMatchObject({ kind: 'failed', error: 'Error' });
  });

  it('passes results on through JSON, undefined as null', async () => {
    expect(await outcomeOf(async () => ({ at: new Date(0), gone: undefined }))).toEqual({
      kind: 'succeeded',
      output: { at: '1970-01-01T00:00:00.000Z' },
    });
    expect(await outcomeOf(async () => undefined)).toEqual({ kind: 'succeeded', output: null });
  });

  it.each([
    ['a BigInt', 1n],
    ['a function', () => 1],
    ['a symbol', Symbol('x')],
  ])('refuses %s as a result', async (_, result) => {
    expect(await outcomeOf(async () => result)).toMatchObject({ kind: 'failed', error: 'Runtime.MarshalError' });
  });

  it('gives a function an input of its own', async () => {
    const input = { list: [1] };
    await outcomeOf(async (given) => Object.assign(given as object, { list: [] }), { input });
    expect(input).toEqual({ list: [1] });
  });

  it('runs no more functions at once than allowed, the others in the order they came', async () => {
    const { dispatcher, calls, begun } = heldFunctions(2);
    for (const key of ['a', 'b', 'c', 'd', 'e']) dispatcher.dispatch(taskOf({ key }), () => {});
    expect(begun()).toEqual(['a', 'b']);

    dispatcher.cancel('d');
    calls.get('b')?.resolve(null);
    await turn();
    expect(begun()).toEqual(['a', 'b', 'c']);
    calls.get('a')?.resolve(null);
    await turn();
    expect(begun()).toEqual(['a', 'b', 'c', 'e']);
  });

  it('aborts the signal of a cancelled task and gives its turn to the next, whether the function listens or not', async () => {
    const { dispatcher, calls, begun } = heldFunctions(1);
    dispatcher.dispatch(taskOf({ key: 'deaf' }), () => {});
    dispatcher.dispatch(taskOf({ key: 'next' }), () => {});
    dispatcher.cancel('deaf');
    await turn();

    expect(calls.get('deaf')?.signal.aborted).toBe(true);
    expect(begun()).toEqual(['deaf', 'next']);
    calls.get('deaf')?.resolve(null);
    await turn();
    dispatcher.dispatch(taskOf({ key: 'third' }), () => {});
    expect(begun()).toEqual(['deaf', 'next']); // the deaf one's end freed no second place
  });

  it('aborts a task at its deadline and says so', () => {
    const { dispatcher, calls, clock, logged } = heldFunctions(1);
    dispatcher.dispatch(taskOf({ key: 'a', deadline: plusSeconds(clock.now(), 1) }), () => {});
    dispatcher.dispatch(taskOf({ key: 'b', deadline: plusSeconds(clock.now(), 1) }), () => {});
    clock.advance(1000);

    expect(calls.get('a')?.signal.aborted).toBe(true);
    expect(calls.has('b')).toBe(false);
    expect(logged).toEqual(['not done by its deadline, aborted', 'not done by its deadline, never begun']);
    expect(clock.armed()).toBe(0);
  });

  it('knows a function by its version or alias too', () => {
    const { dispatcher } = heldFunctions(1);
    expect(dispatcher.knows(`${arn('verify')}:$LATEST`)).toBe(true);
    expect(dispatcher.knows(arn('other'))).toBe(false);
    expect(dispatcher.knows('verify')).toBe(false);
  });

  describe('lambda:invoke', () => {
    it('is known with a request or a task token', () => {
      const { dispatcher } = heldFunctions(1);
      expect(dispatcher.knows(invoke)).toBe(true);
      expect(dispatcher.knows(`${invoke}.waitForTaskToken`)).toBe(true);
      expect(dispatcher.knows(`${invoke}.sync`)).toBe(false);
    });

    it.each([arn('verify'), `${arn('verify')}:live`, 'verify', 'verify:$LATEST'])(
      'answers for %s as Lambda’s Invoke does',
      async (FunctionName) => {
        const outcome = await outcomeOf(double, { resource: invoke, input: { FunctionName, Payload: 21 } });
        expect(outcome).toMatchObject({
          kind: 'succeeded',
          output: {
            ExecutedVersion: '$LATEST',
            Payload: { doubled: 42 },
            SdkHttpMetadata: {
              HttpHeaders: { 'Content-Length': '14', 'Content-Type': 'application/json' },
              HttpStatusCode: 200,
            },
            StatusCode: 200,
          },
        });
      },
    );

    it('gives a function {} when there is no Payload', async () => {
      const outcome = await outcomeOf(async (input) => input, { resource: invoke, input: { FunctionName: 'verify' } });
      expect(outcome).toMatchObject({ output: { Payload: {} } });
    });

    it.each([
      ['{"a":1}', { a: 1 }],
      ['"text"', 'text'],
      ['0.0', 0],
    ])('takes a Payload that is a text, %s, as the request itself', async (Payload, read) => {
      const given = { FunctionName: 'verify', Payload };
      const outcome = await outcomeOf(async (input) => input, { resource: invoke, input: given });
      expect(outcome).toMatchObject({ output: { Payload: read } });
    });

    it('shows the end of the log when it is asked for', async () => {
      const given = { FunctionName: 'verify', LogType: 'Tail' };
      const outcome = await outcomeOf(double, { resource: invoke, input: given });
      expect(outcome).toMatchObject({ output: { LogResult: expect.stringMatching(/^[\w+/]+=*$/) } });
    });

    it('passes a function’s own error on by its name', async () => {
      const failing = failingWith(new StepFailure('Pointsman.NotReady', 'no candidate'));
      expect(await outcomeOf(failing, { resource: invoke, input: { FunctionName: 'verify' } })).toMatchObject({
        error: 'Pointsman.NotReady',
      });
    });

    it.each([
      [
        { FunctionName: 'none' },
        'Lambda.ResourceNotFoundException',
        /^Function not found: none \(Service: AWSLambda; Status Code: 404;/,
      ],
      [
        { FunctionName: 'verify', InvocationType: 'Event' },
        'Lambda.InvalidParameterValueException',
        /"Event" is not offered here, RequestResponse is/,
      ],
      [{ Payload: {} }, 'Lambda.ValidationException', /FunctionName must be a text/],
      [
        { FunctionName: 'verify', Payload: 'no JSON' },
        'Lambda.InvalidRequestContentException',
        /^Could not parse request body into json/,
      ],
    ])('refuses %o', async (input, error, cause) => {
      const outcome = await outcomeOf(double, { resource: invoke, input });
      expect(outcome).toEqual({ kind: 'failed', error, cause: expect.stringMatching(cause) });
    });
  });
});

const failingWith =
  (thrown: unknown): LocalFunction =>
  () =>
    Promise.reject(thrown);

const double: LocalFunction = async (input) => ({ doubled: 2 * Number(input) });

const taskOf = (more: Partial<TaskRequest>): TaskRequest => ({
  key: 'key',
  execution: 'arn:aws:states:us-east-1:000000000000:execution:deploy:1',
  resource: arn('verify'),
  input: {},
  taskToken: undefined,
  deadline: undefined,
  ...more,
});

const outcomeOf = (work: LocalFunction, more: Partial<TaskRequest> = {}): Promise<TaskOutcome> => {
  const functions = new Map([[arn('verify'), work]]);
  const dispatcher = inProcessTaskDispatcher({ functions, concurrency: 1, clock: testClock(), log: () => {} });
  return new Promise((resolve) => dispatcher.dispatch(taskOf(more), resolve));
};

const causeOf = (outcome: TaskOutcome): Json => (outcome.kind === 'failed' ? JSON.parse(outcome.cause) : null);

/** Functions that wait until the test ends them. */
function heldFunctions(concurrency: number) {
  const clock = testClock();
  const logged: string[] = [];
  const calls = new Map<string, { signal: AbortSignal; resolve: (output: Json) => void }>();
  const work: LocalFunction = (_, { key, signal }) => new Promise((resolve) => calls.set(key, { signal, resolve }));
  const functions = new Map([[arn('verify'), work]]);
  const dispatcher = inProcessTaskDispatcher({ functions, concurrency, clock, log: (message) => logged.push(message) });
  return { dispatcher, calls, clock, logged, begun: () => [...calls.keys()] };
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
