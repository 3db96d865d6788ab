import type { Frame, Step } from './execution.ts';

/** Two steps in a row as one: what is written once instead of twice. */
export function joinSteps(first: Step, second: Step): Step {
  const reopened = new Set(second.opened.map(({ id }) => id));
  const closed = new Set(second.closed);
  const changed = new Set(second.mapRuns.map(({ arn }) => arn));
  return {
    head: second.head,
    frames: { ...first.frames, ...second.frames },
    history: [...first.history, ...second.history],
    opened: [...first.opened.filter(({ id }) => !reopened.has(id) && !closed.has(id)), ...second.opened],
    closed: [...first.closed.filter((id) => !reopened.has(id)), ...second.closed],
    mapRuns: [...first.mapRuns.filter(({ arn }) => !changed.has(arn)), ...second.mapRuns],
    end: second.end ?? first.end,
  };
}

/** Brings the frames to where a step left them, in place: copying them would cost what exists and not what changed. */
export function applyFrames(frames: Record<string, Frame>, step: Pick<Step, 'frames'>): void {
  for (const [id, frame] of Object.entries(step.frames)) {
    if (frame === null) delete frames[id];
    else frames[id] = frame;
  }
}
