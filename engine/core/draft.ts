import type { Machine, State, States } from '../asl/machine.ts';
import { type Effort as Exertion, STATE_EFFORT } from '../data/effort.ts';
import type { Json } from '../data/json.ts';
import type {
  Effect,
  End,
  ExecutionState,
  Failure,
  Frame,
  Head,
  RunFrame,
  StartFrame,
  Step,
  StepContext,
} from './execution.ts';
import type { Details, HistoryEvent } from './history.ts';
import type { MapRun } from './map-run.ts';
import { MAX_HISTORY_EVENTS } from './limits.ts';
import { randomnessOf, type StepRandomness } from './randomness.ts';

/** What one step has changed so far. It is made at the start of a step and never outlives it. */
export interface Draft {
  readonly machine: Machine;
  readonly context: StepContext;
  readonly random: StepRandomness;
  readonly before: ExecutionState;
  readonly frames: Map<string, Frame | null>;
  /** Frames as a failure found them, while no state around it has handled it: what a redrive goes on from. */
  readonly failed: Map<string, Frame>;
  readonly history: HistoryEvent[];
  readonly opened: Map<string, Effect>;
  readonly closed: Set<string>;
  readonly mapRuns: Map<string, MapRun>;
  /** What can be done without waiting for anything, in order. */
  readonly turns: Turn[];
  /** Of the state whose work is being done. */
  readonly effort: Exertion;
  /** What the states of this step used of theirs. */
  exerted: number;
  lastEventId: number;
  end: End | undefined;
}

export type Turn =
  /** A frame enters its state, or tries it again. */
  | { readonly kind: 'GoOn'; readonly frame: string }
  /** A branch or iteration of the frame's state ended; it always has the next turn. */
  | { readonly kind: 'LineSucceeded'; readonly frame: string }
  | { readonly kind: 'LineFailed'; readonly frame: string; readonly failure: Failure };

/** Thrown when the history has room for one event only, which has to be the one that ends the execution. */
export class HistoryFull extends Error {
  override readonly name = 'HistoryFull';
}

export const newDraft = (machine: Machine, before: ExecutionState, context: StepContext): Draft => ({
  machine,
  context,
  random: randomnessOf(context.seed),
  before,
  frames: new Map(),
  failed: new Map(),
  history: [],
  opened: new Map(),
  closed: new Set(),
  mapRuns: new Map(),
  turns: [],
  effort: { left: effortOf(context) },
  exerted: 0,
  lastEventId: before.head.lastEventId,
  end: undefined,
});

/** What the expressions of one state may do. */
export const effortOf = ({ effort = STATE_EFFORT }: StepContext): number => effort;

export function toStep(draft: Draft): Step {
  const status: Head['status'] = draft.end?.status ?? draft.before.head.status;
  return {
    head: { status, lastEventId: draft.lastEventId },
    frames: Object.fromEntries(draft.frames),
    history: draft.history,
    opened: [...draft.opened.values()],
    closed: [...draft.closed],
    mapRuns: [...draft.mapRuns.values()],
    end: draft.end,
  };
}

export function frameOf(draft: Draft, id: string): Frame | undefined {
  const changed = draft.frames.get(id);
  return changed === undefined ? draft.before.frames[id] : (changed ?? undefined);
}

/** The line of control with this id; undefined when it has ended. */
export function runFrame(draft: Draft, id: string): RunFrame | undefined {
  const frame = frameOf(draft, id);
  return frame?.kind === 'run' ? frame : undefined;
}

/** As `runFrame`, where the caller knows that it runs. */
export function mustRun(draft: Draft, id: string): RunFrame {
  const frame = runFrame(draft, id);
  if (frame === undefined) throw new Error(`frame ${id} does not run`);
  return frame;
}

export function startFrame(draft: Draft): StartFrame {
  const frame = frameOf(draft, 'start');
  if (frame?.kind !== 'start') throw new Error('an execution without its start');
  return frame;
}

export const put = <F extends Frame>(draft: Draft, id: string, frame: F): F => {
  draft.frames.set(id, frame);
  return frame;
};

export function update(draft: Draft, id: string, change: Partial<Omit<RunFrame, 'kind' | 'id'>>): RunFrame {
  return put(draft, id, { ...mustRun(draft, id), ...change });
}

export const remove = (draft: Draft, id: string): void => void draft.frames.set(id, null);

/** Remembers a frame that a failure is about to change or remove; the first of several failures counts. */
export function keepFailed(draft: Draft, id: string): void {
  const frame = frameOf(draft, id);
  if (frame !== undefined && !draft.failed.has(id)) draft.failed.set(id, frame);
}

/** The frame's state handles the failure: nothing under it will be redriven. */
export function forgetFailed(draft: Draft, id: string): void {
  for (const other of draft.failed.keys()) if (other === id || other.startsWith(`${id}/`)) draft.failed.delete(other);
}

/** Ids of every frame under this one: branches, iterations, their items, and theirs. */
export function descendants(draft: Draft, id: string): string[] {
  const below = `${id}/`;
  const known = new Set([...Object.keys(draft.before.frames), ...draft.frames.keys()]);
  return [...known].filter((other) => other.startsWith(below) && frameOf(draft, other) !== undefined);
}

/** The definition of the state a frame is in. */
export function stateOf(draft: Draft, frame: RunFrame): State {
  const state = scopeOf(draft, frame).states[frame.state];
  if (state === undefined) throw new Error(`frame ${frame.id} is in "${frame.state}", which its machine does not have`);
  return state;
}

/** The states a frame moves among: the machine's, its branch's, or its Map's item processor. */
export function scopeOf(draft: Draft, frame: RunFrame): States {
  if (frame.parent === null) return draft.machine;
  const around = stateOf(draft, mustRun(draft, frame.parent));
  const scope =
    around.type === 'Map' ? around.processor : around.type === 'Parallel' ? around.branches[frame.index] : undefined;
  if (scope === undefined) throw new Error(`frame ${frame.id} has no scope in its parent's state "${around.name}"`);
  return scope;
}

/** Appends an event and gives its id. `details` go under the key that AWS has for the type. */
export function record(
  draft: Draft,
  type: string,
  previousEventId: number,
  details?: { readonly key: `${string}EventDetails`; readonly value: Details },
): number {
  if (draft.lastEventId >= MAX_HISTORY_EVENTS - 1 && !type.startsWith('Execution')) throw new HistoryFull();
  const id = ++draft.lastEventId;
  const event = { id, previousEventId, timestamp: draft.context.now, type };
  draft.history.push(details === undefined ? event : { ...event, [details.key]: details.value });
  return id;
}

/** Appends an event to a frame's own chain and makes it the chain's newest. */
export function recordOn(
  draft: Draft,
  frameId: string,
  type: string,
  details?: { readonly key: `${string}EventDetails`; readonly value: Details },
): number {
  const id = record(draft, type, mustRun(draft, frameId).previousEventId, details);
  update(draft, frameId, { previousEventId: id });
  return id;
}

export const open = (draft: Draft, effect: Effect): void => void draft.opened.set(effect.id, effect);

/** Takes an effect out of the outbox; one that this very step opened is never performed. */
export function close(draft: Draft, id: string | undefined): void {
  if (id === undefined) return;
  if (!draft.opened.delete(id)) draft.closed.add(id);
}

/** Data in event details: JSON text with AWS's note that nothing was cut off. */
export const dataDetails = (name: 'input' | 'output', value: Json): Details => ({
  [name]: JSON.stringify(value),
  [`${name}Details`]: { truncated: false },
});
