import { describe, expect, it } from 'vitest';
import { functionArn, mustRead, runMachine } from '../../test/support/run-machine.ts';
import { judgeCase } from './judge-case.ts';
import { rehearse } from './rehearse.ts';
import { replayHistory } from './replay-history.ts';

const call = { Type: 'Task', Resource: functionArn('f'), End: true };

/** Runs a machine once with its function and once from the history of that. */
async function replay(
  states: { readonly [name: string]: object },
  f: (input: unknown) => number,
  input: number[] = [],
) {
  const definition = { StartAt: Object.keys(states)[0], States: states };
  const { history } = await runMachine(definition, { input, functions: { f } });
  const machine = mustRead(JSON.stringify(definition));
  const replayed = await replayHistory(machine, JSON.stringify({ events: history }), ARN);
  if ('problem' in replayed) throw new Error(replayed.problem);
  return { ...replayed, machine };
}

const ARN = 'arn:aws:states:us-east-1:000000000000:execution:machine:run';

function fail(): number {
  const broken = new Error('by test');
  broken.name = 'Broken';
  throw broken;
}

describe('replayHistory', () => {
  it('takes answers from the history, attempt by attempt', async () => {
    let attempts = 0;
    const state = { ...call, Retry: [{ ErrorEquals: ['Broken'] }] };
    const { run, problems, difference } = await replay({ A: state }, () => (++attempts < 3 ? fail() : 7));

    expect({ problems, difference }).toEqual({ problems: [], difference: undefined });
    expect(run.output).toBe(7);
  });

  it('comes to the same failure', async () => {
    const { run, problems } = await replay({ A: call }, fail);

    expect(problems).toEqual([]);
    expect(run).toMatchObject({ status: 'FAILED', error: 'Broken', cause: 'by test' });
  });

  it('replays iterations, and what it saves passes', async () => {
    const inner = { StartAt: 'I', States: { I: call } };
    const map = { Type: 'Map', ItemProcessor: inner, End: true };
    const { case: saved, machine, difference } = await replay({ M: map }, Number, [3, 1, 2]);

    expect(difference).toBeUndefined();
    expect(judgeCase(saved, await rehearse(machine, saved))).toEqual([]);
  });

  it('sees the execution that it was', async () => {
    const state = {
      Type: 'Pass',
      Parameters: { 'arn.$': '$$.Execution.Id', 'role.$': '$$.Execution.RoleArn' },
      End: true,
    };
    const { run, problems } = await replay({ A: state }, Number);

    expect(problems).toEqual([]);
    expect(run.output).toEqual({ arn: ARN, role: 'arn:aws:iam::000000000000:role/test' });
  });
});
