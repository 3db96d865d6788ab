import type { Effect, Frame, Step } from './execution.ts';
import type { MapRun } from './map-run.ts';

/** Steps in a row as one: what is written once instead of many times. */
export function joinSteps(first: Step, ...others: readonly Step[]): Step {
  if (others.length === 0) return first;
  const steps = [first, ...others];
  const opened = new Map<string, Effect>();
  const closed = new Set<string>();
  const mapRuns = new Map<string, MapRun>();
  for (const step of steps) {
    for (const { id } of step.opened) closed.delete(id); // opened anew
    for (const id of step.closed) {
      opened.delete(id);
      closed.add(id);
    }
    for (const effect of step.opened) {
      opened.delete(effect.id); // it is the newest
      opened.set(effect.id, effect);
    }
    for (const run of step.mapRuns) mapRuns.set(run.arn, run);
  }
  const last = others.at(-1) ?? first;
  return {
    head: last.head,
    frames: Object.assign({}, ...steps.map(({ frames }) => frames)),
    history: steps.flatMap(({ history }) => history),
    opened: [...opened.values()],
    closed: [...closed],
    mapRuns: [...mapRuns.values()],
    end: steps.find(({ end }) => end !== undefined)?.end,
  };
}

/** Brings the frames to where a step left them, in place: copying them would cost what exists and not what changed. */
export function applyFrames(frames: Record<string, Frame>, step: Pick<Step, 'frames'>): void {
  for (const [id, frame] of Object.entries(step.frames)) {
    if (frame === null) delete frames[id];
    else frames[id] = frame;
  }
}
