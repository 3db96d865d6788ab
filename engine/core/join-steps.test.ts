import { describe, expect, it } from 'vitest';
import { toEpochMs } from '../data/instant.ts';
import type { Effect, Frame, Step } from './execution.ts';
import { applyFrames, joinSteps } from './join-steps.ts';

const ended = (output: string): Frame => ({ kind: 'ended', index: 0, output });
const timer = (id: string, at = 0): Effect => ({ kind: 'SetTimer', id, frame: 'root', at: toEpochMs(at) });
const step = (more: Partial<Step>): Step => ({
  head: { status: 'RUNNING', lastEventId: 1 },
  frames: {},
  history: [],
  opened: [],
  closed: [],
  mapRuns: [],
  end: undefined,
  ...more,
});

describe('joinSteps', () => {
  it('keeps the later state of a frame, also that it is gone', () => {
    const joined = joinSteps(
      step({ frames: { a: ended('1'), b: ended('1') } }),
      step({ frames: { a: ended('2'), b: null } }),
    );

    expect(joined.frames).toEqual({ a: ended('2'), b: null });
  });

  it('never opens an effect that the second step closed', () => {
    const joined = joinSteps(step({ opened: [timer('t')] }), step({ closed: ['t'] }));

    expect([joined.opened, joined.closed]).toEqual([[], ['t']]);
  });

  it('opens again what the first step closed and the second armed anew', () => {
    const joined = joinSteps(step({ closed: ['t'] }), step({ opened: [timer('t', 5)] }));

    expect([joined.opened, joined.closed]).toEqual([[timer('t', 5)], []]);
  });

  it('keeps the end of whichever step ended', () => {
    const end = { status: 'SUCCEEDED', output: 1 } as const;

    expect(joinSteps(step({ end }), step({})).end).toEqual(end);
  });
});

describe('applyFrames', () => {
  it('changes, adds and removes in place', () => {
    const frames = { a: ended('1'), b: ended('1') };
    applyFrames(frames, { frames: { a: null, b: ended('2'), c: ended('3') } });

    expect(frames).toEqual({ b: ended('2'), c: ended('3') });
  });
});
