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
import { EXECUTION_TIMEOUT, takeTurns } from './turns.ts';

/**
 * Goes on with an execution that failed, was aborted or timed out, from the frames it ended with: failed and aborted
 * states run again, with fresh retries and timeouts; branches and iterations that succeeded keep their outputs.
 * (Step Functions guide, "Redriving executions")
 */
export function redrive(
  machine: Machine,
  before: ExecutionState,
  context: StepContext,
  clientToken: string | undefined,
): Step {
  const { lastEventId } = before.head;
  const draft = newDraft(machine, { ...before, head: { status: 'RUNNING', lastEventId } }, context);
  const start = startFrame(draft);
  const redrives = [...(start.redrives ?? []), { at: context.now, clientToken }];
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

function resume(draft: Draft, { id, doing }: RunFrame, redrivenEventId: number): void {
  if (runFrame(draft, id) === undefined) return; // its state runs again as a whole
  const fresh = { retries: [], previousEventId: redrivenEventId };
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
