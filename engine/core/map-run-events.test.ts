import { describe, expect, it } from 'vitest';
import { mustRead } from '../../test/support/run-machine.ts';
import { toEpochMs } from '../data/instant.ts';
import type { ChildResult, ExecutionEvent, ExecutionState, Frame, Step } from './index.ts';
import { applyFrames, changedNothing, start, step } from './index.ts';

const machine = mustRead(
  JSON.stringify({
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        MaxConcurrency: 2,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          StartAt: 'P',
          States: { P: { Type: 'Pass', End: true } },
        },
        End: true,
      },
    },
  }),
);
const context = { now: toEpochMs(1_700_000_000_000), seed: 'seed' };
const facts = {
  arn: 'arn:aws:states:us-east-1:000000000000:execution:machine:run',
  name: 'run',
  roleArn: 'arn:aws:iam::000000000000:role/test',
  machineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:machine',
  machineName: 'machine',
  startedAt: context.now,
  input: [1, 2, 3, 4],
  waiter: undefined,
};
const result: ChildResult = {
  arn: 'arn',
  machineArn: 'arn',
  name: 'child',
  status: 'SUCCEEDED',
  startedAt: context.now,
  stoppedAt: context.now,
  input: '1',
  output: '"done"',
  error: undefined,
  cause: undefined,
};

/** A run that was just started, and what events make of it. */
function begun() {
  const frames: Record<string, Frame> = {};
  const first = start(machine, facts, context);
  applyFrames(frames, first);
  let state: ExecutionState = { head: first.head, frames };
  const mapRun = first.mapRuns[0]?.arn ?? '';
  const take = (event: ExecutionEvent): Step => {
    const next = step(machine, state, event, context);
    applyFrames(frames, next);
    state = { head: next.head, frames };
    return next;
  };
  const ended = (index: number, more: Partial<ChildResult> = {}): ExecutionEvent => ({
    kind: 'ChildEnded',
    frame: 'root',
    mapRun,
    index,
    result: { ...result, ...more },
  });
  return { first, mapRun, take, ended };
}

const started = ({ opened }: Step) => opened.flatMap((effect) => (effect.kind === 'StartChild' ? [effect.input] : []));

describe('a Map Run', () => {
  it('starts as many executions as may run, and another when one ends', () => {
    const { first, take, ended } = begun();
    const second = take(ended(1));

    expect(started(first)).toEqual([1, 2]);
    expect(started(second)).toEqual([3]);
    expect(second.closed).toEqual([first.opened[1]?.id]);
    expect(second.mapRuns).toMatchObject([{ executionCounts: { succeeded: 1, running: 2, pending: 1, total: 4 } }]);
  });

  it('hears of an end once, however often it is told', () => {
    const { take, ended } = begun();
    take(ended(0));

    expect(changedNothing(take(ended(0)))).toBe(true);
    expect(changedNothing(take(ended(0, { status: 'FAILED' })))).toBe(true);
  });

  it('hears nothing of an execution it did not start, nor of another run', () => {
    const { take, ended } = begun();

    expect(changedNothing(take(ended(3)))).toBe(true);
    expect(changedNothing(take({ kind: 'ChildEnded', frame: 'root', mapRun: 'other', index: 0, result }))).toBe(true);
    expect(changedNothing(take({ kind: 'ChildEnded', frame: 'gone', mapRun: 'other', index: 0, result }))).toBe(true);
  });

  it('names an execution alike in every repetition, and unlike any other', () => {
    const names = ({ first }: ReturnType<typeof begun>) =>
      first.opened.map((effect) => (effect.kind === 'StartChild' ? effect.name : ''));

    expect(names(begun())).toEqual(names(begun()));
    expect(new Set(names(begun())).size).toBe(2);
  });

  it('lets more run side by side when it is told to', () => {
    const { mapRun, take } = begun();
    const tolerance = { toleratedFailureCount: undefined, toleratedFailurePercentage: undefined };
    const changed = take({ kind: 'MapRunChanged', mapRun, maxConcurrency: 3, ...tolerance });

    expect(started(changed)).toEqual([3]);
    expect(changed.mapRuns).toMatchObject([{ maxConcurrency: 3, toleratedFailureCount: 0 }]);
  });

  it('bears more failures when it is told to, and fewer', () => {
    const { mapRun, take, ended } = begun();
    const change = (toleratedFailureCount: number): ExecutionEvent => ({
      kind: 'MapRunChanged',
      mapRun,
      maxConcurrency: undefined,
      toleratedFailureCount,
      toleratedFailurePercentage: undefined,
    });
    take(change(1));

    expect(take(ended(0, { status: 'TIMED_OUT', output: undefined })).end).toBeUndefined();
    expect(take(change(0)).end).toMatchObject({ error: 'States.ExceedToleratedFailureThreshold' });
  });

  it('leaves nothing open but the order to stop what runs, when its execution is stopped', () => {
    const { first, mapRun, take } = begun();
    const { closed, opened, mapRuns } = take({ kind: 'StopRequested', error: undefined, cause: undefined });

    expect(closed).toEqual(expect.arrayContaining(first.opened.map(({ id }) => id)));
    expect(opened).toEqual([{ kind: 'StopMapRun', id: expect.stringMatching(/^stop-.*\.0$/), mapRun, round: 0 }]);
    expect(mapRuns).toMatchObject([{ status: 'ABORTED', executionCounts: { aborted: 2, running: 0, pending: 2 } }]);
  });
});
