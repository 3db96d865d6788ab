import type { ExecutionState, Step } from './execution.ts';

/** Two steps in a row as one: what is written once instead of twice. */
export function joinSteps(first: Step, second: Step): Step {
  const reopened = new Set(second.opened.map(({ id }) => id));
  const closed = new Set(second.closed);
  return {
    head: second.head,
    frames: { ...first.frames, ...second.frames },
    history: [...first.history, ...second.history],
    opened: [...first.opened.filter(({ id }) => !reopened.has(id) && !closed.has(id)), ...second.opened],
    closed: [...first.closed.filter((id) => !reopened.has(id)), ...second.closed],
    end: second.end ?? first.end,
  };
}

/** The state after a step. */
export function afterStep({ frames }: ExecutionState, step: Step): ExecutionState {
  const next = { ...frames };
  for (const [id, frame] of Object.entries(step.frames)) {
    if (frame === null) delete next[id];
    else next[id] = frame;
  }
  return { head: step.head, frames: next };
}
