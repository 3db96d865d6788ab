import { describe, expect, it } from 'vitest';
import { mustRead } from '../../test/support/run-machine.ts';
import { judgeCase, mockProblems } from './judge-case.ts';
import type { Rehearsal } from './rehearse.ts';

const run: Rehearsal = {
  status: 'SUCCEEDED',
  output: { a: 1, b: 2 },
  error: undefined,
  cause: undefined,
  path: ['A', 'B', 'C', 'B', 'D'],
  history: [],
  sights: [],
  seconds: 0,
  unmocked: new Map(),
  unused: [],
};

describe('judgeCase', () => {
  it('passes a run that ended as expected, key order aside', () => {
    expect(judgeCase({ expect: { output: { b: 2, a: 1 } } }, run)).toEqual([]);
  });

  it.each([
    [['A', 'B', 'C', 'B', 'D'], true],
    [['A', '...', 'D'], true],
    [['...', 'B', 'D'], true],
    [['A', '...', 'C', '...'], true],
    [['...'], true],
    [['A', 'B'], false],
    [['...', 'C', 'D'], false],
    [['A', '...', 'A', '...'], false],
    [['...', 'B', 'D', '...', 'D'], false],
  ])('says whether the path is %j', (path, holds) => {
    expect(judgeCase({ expect: { path } }, run)).toHaveLength(holds ? 0 : 1);
  });

  it('expects a failure where an error is expected', () => {
    expect(judgeCase({ expect: { error: 'Broken' } }, run)).toEqual([
      'status: expected FAILED, got SUCCEEDED',
      'error: expected Broken, got none',
    ]);
  });

  it('says only which mock is missing when the run could not go on', () => {
    const stuck = { ...run, status: 'RUNNING' as const, unmocked: new Map([['A', { x: 1 }]]) };

    expect(judgeCase({ expect: {} }, stuck)).toEqual(['"A" has no mock; it was asked {"x":1}']);
  });

  it('does not pass a mock that nobody asked for', () => {
    expect(judgeCase({ expect: {} }, { ...run, unused: ['X'] })).toEqual(['the mock of "X" was never asked for']);
  });
});

describe('mockProblems', () => {
  const machine = mustRead(
    JSON.stringify({
      StartAt: 'A',
      States: {
        A: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: 'f' }, Next: 'B' },
        B: { Type: 'Pass', End: true },
      },
    }),
  );

  it.each([
    ['X', { result: {} }, 'mocks: the machine has no state "X"'],
    ['B', { result: {} }, 'mocks: "B" is a Pass and runs as it is; what can be mocked is the tasks in it'],
    [
      'A',
      { result: { StatusCode: 'x' } },
      "mocks.A: Mock result schema validation error: Field 'StatusCode' must be a number",
    ],
  ])('says why %s cannot be mocked by %j', (state, mock, problem) => {
    expect(mockProblems(machine, { mocks: { [state]: mock } })).toEqual([problem]);
  });
});
