import { describe, expect, it } from 'vitest';
import { readMachine } from '../asl/read-machine.ts';
import { functionArn, mustRead } from '../../test/support/run-machine.ts';
import { rehearse } from './rehearse.ts';
import type { TestCase } from './test-case.ts';

const call = { Type: 'Task', Resource: functionArn('f'), End: true };
const failing = { errorOutput: { error: 'Broken', cause: 'by test' } };

const run = (states: { readonly [name: string]: object }, given: Partial<TestCase> = {}) =>
  rehearse(mustRead(JSON.stringify({ StartAt: Object.keys(states)[0], States: states })), {
    input: {},
    mocks: {},
    expect: {},
    ...given,
  });

describe('rehearse', () => {
  it('answers tasks by the state they stand in', async () => {
    const states = { A: { ...call, End: undefined, Next: 'B', ResultPath: '$.a' }, B: { ...call, ResultPath: '$.b' } };
    const { status, output, path } = await run(states, { mocks: { A: { result: '1' }, B: { result: [2] } } });

    expect({ status, output, path }).toEqual({ status: 'SUCCEEDED', output: { a: 1, b: [2] }, path: ['A', 'B'] });
  });

  it('answers attempt by attempt, and all that follow like the last', async () => {
    const state = {
      ...call,
      Retry: [{ ErrorEquals: ['Broken'], IntervalSeconds: 10, MaxAttempts: 9, BackoffRate: 1 }],
    };
    const { output, seconds } = await run({ A: state }, { mocks: { A: [{ ...failing, times: 3 }, { result: 1 }] } });

    expect({ output, seconds }).toEqual({ output: 1, seconds: 30 });
  });

  it('waits a year in no time', async () => {
    const { seconds } = await run({ A: { Type: 'Wait', Seconds: 31_536_000, End: true } });

    expect(seconds).toBe(31_536_000);
  });

  it('lets a task time out that nobody answers', async () => {
    const { error, seconds } = await run(
      { A: { ...call, TimeoutSeconds: 60 } },
      { mocks: { A: { unanswered: true } } },
    );

    expect({ error, seconds }).toEqual({ error: 'States.Timeout', seconds: 60 });
  });

  it('answers after a time', async () => {
    const mocks = { A: { result: 1, afterSeconds: 5 } };

    expect(await run({ A: call }, { mocks })).toMatchObject({ status: 'SUCCEEDED', seconds: 5 });
  });

  it.each(['sqs:sendMessage.waitForTaskToken', 'states:startExecution.sync:2'])(
    'gives the end of %s after the service took it',
    async (service) => {
      const state = { ...call, Resource: `arn:aws:states:::${service}`, Parameters: { StateMachineArn: 'm' } };
      const machine = JSON.stringify({ StartAt: 'A', States: { A: state } });
      const reading = readMachine(machine, { knows: () => true });
      if (!reading.ok) throw new Error('not read');
      const { history, output } = await rehearse(reading.machine, {
        input: {},
        mocks: { A: { result: 7, submitted: { MessageId: 'm' } } },
        expect: {},
      });

      expect(output).toBe(7);
      expect(history.map(({ type }) => type)).toContain('TaskSubmitted');
    },
  );

  it('stops at a task without a mock, and tells what it was asked', async () => {
    const { status, unmocked } = await run({ A: call }, { input: { a: 1 } });

    expect(status).toBe('RUNNING');
    expect([...unmocked]).toEqual([['A', { a: 1 }]]);
  });

  it('is stopped from outside when the case says so', async () => {
    const stop = { afterSeconds: 3, error: 'Stopped', cause: 'by ana' };
    const wait = { A: { Type: 'Wait', Seconds: 10, End: true } };

    expect(await run(wait, { stop })).toMatchObject({ status: 'ABORTED', error: 'Stopped', seconds: 3 });
  });

  it('runs the child executions of a distributed Map', async () => {
    const inner = {
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'I',
      States: { I: call },
    };
    const states = { M: { Type: 'Map', ItemProcessor: inner, End: true } };
    const { output, path, sights } = await run(states, { input: [0, 0], mocks: { I: [{ result: 1 }, { result: 2 }] } });

    expect({ output, path }).toEqual({ output: [1, 2], path: ['M'] });
    expect(sights).toContainEqual({ kind: 'state', state: 'I', index: undefined });
  });

  it('runs the branches and iterations of a machine', async () => {
    const inner = { StartAt: 'I', States: { I: call } };
    const mocks = { I: [{ result: 1 }, { result: 2 }] };

    expect(await run({ M: { Type: 'Map', ItemProcessor: inner, End: true } }, { input: [0, 0], mocks })).toMatchObject({
      output: [1, 2],
      path: ['M', 'I', 'I'],
    });
  });
});
