import type { Machine } from '../asl/machine.ts';
import { plusSeconds } from '../data/instant.ts';
import {
  descendants,
  type Draft,
  newDraft,
  open,
  put,
  record,
  remove,
  runFrame,
  startFrame,
  stateOf,
  update,
} from './draft.ts';
import type { ExecutionState, RunFrame, Step, StepContext } from './execution.ts';
import { begin } from './begin.ts';
import { redriveMapRun } from './redrive-map-run.ts';
import { EXECUTION_TIMEOUT, takeTurns } from './turns.ts';

/**
 * Goes on with an execution that failed, was aborted or timed out, from the frames it ended with: failed and aborted
 * states run again, with fresh retries and timeouts; branches and iterations that succeeded keep their outputs.
 * `by` is the token of a client's request, or the round of the Map Run that the execution is of.
 * (Step Functions guide, "Redriving executions")
 */
export function redrive(
  machine: Machine,
  before: ExecutionState,
  context: StepContext,
  by: string | number | undefined,
): Step {
  const draft = reopened(machine, before, context);
  const { lastEventId } = draft;
  const start = startFrame(draft);
  const how = typeof by === 'number' ? { clientToken: undefined, round: by } : { clientToken: by };
  const redrives = [...(start.redrives ?? []), { at: context.now, ...how }];
  put(draft, 'start', { ...start, redrives });
  const details = { key: 'executionRedrivenEventDetails', value: { redriveCount: redrives.length } } as const;
  const redrivenEventId = record(draft, 'ExecutionRedriven', lastEventId, details);
  if (machine.timeoutSeconds !== undefined) {
    const at = plusSeconds(context.now, machine.timeoutSeconds);
    open(draft, { kind: 'SetTimer', id: EXECUTION_TIMEOUT, frame: 'root', at });
  }
  for (const frame of Object.values(before.frames)) if (frame.kind === 'run') resume(draft, frame, redrivenEventId);
  return takeTurns(draft);
}

/**
 * Runs an Express execution of a Map Run again, from its first state: it has no history of its own to go on with.
 * (Step Functions guide, "Redriving Map Runs")
 */
export function restart(machine: Machine, before: ExecutionState, context: StepContext, round: number): Step {
  const draft = reopened(machine, before, context);
  const { waiter, redrives: _, ...facts } = startFrame(draft);
  if (waiter?.pattern !== 'map-run') throw new Error(`${facts.arn} is of no Map Run`);
  for (const id of Object.keys(before.frames)) remove(draft, id);
  begin(draft, { ...facts, startedAt: context.now, waiter: { ...waiter, round } });
  return takeTurns(draft);
}

const reopened = (machine: Machine, before: ExecutionState, context: StepContext): Draft =>
  newDraft(machine, { ...before, head: { ...before.head, status: 'RUNNING' } }, context);

function resume(draft: Draft, { id, doing }: RunFrame, redrivenEventId: number): void {
  if (runFrame(draft, id) === undefined) return; // its state runs again as a whole
  const fresh = { retries: [], previousEventId: redrivenEventId };
  if (doing.phase === 'map-run') {
    update(draft, id, fresh);
    if (redriveMapRun(draft, id)) return;
  }
  const hasLines = doing.phase === 'parallel' || doing.phase === 'map';
  if (hasLines && descendants(draft, id).some((other) => runFrame(draft, other)?.parent === id)) {
    update(draft, id, fresh);
    return;
  }
  // A Parallel or Map whose lines all succeeded failed by itself, as with too much output: all of it runs again.
  for (const other of descendants(draft, id)) remove(draft, other);
  const frame = update(draft, id, { ...fresh, doing: { phase: 'entering' } });
  if (stateOf(draft, frame).type === 'Fail') update(draft, id, { enteredEventId: 0 }); // AWS enters it again
  draft.turns.push({ kind: 'GoOn', frame: id });
}
