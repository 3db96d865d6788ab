import { describe, expect, it } from 'vitest';
import { functionArn, mustRead } from '../../test/support/run-machine.ts';
import { counted, coverageOf } from './coverage.ts';
import { rehearse } from './rehearse.ts';
import { sketchCases } from './sketch-cases.ts';
import type { TestCase } from './test-case.ts';

const machine = mustRead(
  JSON.stringify({
    StartAt: 'Call',
    States: {
      Call: {
        Type: 'Task',
        Resource: functionArn('f'),
        Retry: [
          { ErrorEquals: ['Fatal'], MaxAttempts: 0 },
          { ErrorEquals: ['States.ALL'], MaxAttempts: 2 },
        ],
        Catch: [
          { ErrorEquals: ['Fatal'], Next: 'Mend' },
          { ErrorEquals: ['States.ALL'], Next: 'Failed' },
        ],
        Next: 'Good?',
      },
      'Good?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.good', BooleanEquals: true, Next: 'Done' }],
        Default: 'Failed',
      },
      Mend: { Type: 'Task', Resource: functionArn('mend'), Next: 'Done' },
      Done: { Type: 'Succeed' },
      Failed: { Type: 'Fail' },
    },
  }),
);

const good: TestCase = { input: {}, mocks: { Call: { result: { good: true } } }, expect: {} };

const played = async (cases: readonly TestCase[]) =>
  Promise.all(cases.map(async (each) => ({ case: each, run: await rehearse(machine, each) })));

describe('coverageOf', () => {
  it('counts states, rules, retriers and catchers', async () => {
    const [{ run } = { run: undefined }] = await played([good]);
    if (run === undefined) throw new Error('nothing was played');
    const coverage = coverageOf(machine, [run]);

    expect(counted(coverage)).toEqual({
      states: { reached: 3, total: 5 },
      rules: { reached: 1, total: 2 },
      retriers: { reached: 0, total: 2 },
      catchers: { reached: 0, total: 2 },
    });
    expect(coverage.missing).toContainEqual({ kind: 'rule', state: 'Good?', index: undefined, text: 'Default' });
  });
});

describe('sketchCases', () => {
  it('sketches a first case that runs to its end', async () => {
    const [first, ...others] = await sketchCases(machine, []);

    expect(others).toEqual([]);
    expect(first).toMatchObject({ name: 'first', case: { sketch: true, mocks: { Call: { result: {} } } } });
  });

  it('reaches every retrier and catcher, and expects what happens', async () => {
    const first = await played([good]);
    const sketches = (await sketchCases(machine, first)).map((sketch) => sketch.case);
    const all = [...first, ...(await played(sketches))];

    expect(
      counted(
        coverageOf(
          machine,
          all.map(({ run }) => run),
        ),
      ),
    ).toMatchObject({
      states: { reached: 5 },
      retriers: { reached: 2 },
      catchers: { reached: 2 },
    });
    expect(sketches[0]).toMatchObject({
      mocks: { Call: { errorOutput: { error: 'Fatal' } }, Mend: { result: {} } },
      expect: { status: 'SUCCEEDED', path: ['Call', 'Mend', 'Done'] },
    });
  });

  it('says of a rule what has to hold', async () => {
    const sketches = await sketchCases(machine, await played([good]));

    expect(sketches.at(-1)).toMatchObject({
      name: 'good-rule-default',
      case: { expect: { path: ['...', 'Good?', 'Failed', '...'] } },
    });
  });
});
