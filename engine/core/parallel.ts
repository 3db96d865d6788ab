import type { ParallelState } from '../asl/machine.ts';
import { argumentsOf, withinLimit } from './data-flow.ts';
import { type Draft, mustRun, recordOn, update } from './draft.ts';
import { finishLines, startLine } from './lines.ts';
import { scopesOf } from './leave-state.ts';

/** Starts every branch with the same input. (ASL spec, "Parallel State") */
export function startParallel(draft: Draft, frameId: string, state: ParallelState): void {
  const given = argumentsOf(state.flow, mustRun(draft, frameId).input, scopesOf(draft, frameId));
  const input = withinLimit(state.name, given);
  const startedEventId = recordOn(draft, frameId, 'ParallelStateStarted');
  update(draft, frameId, { doing: { phase: 'parallel', startedEventId, open: state.branches.length } });
  state.branches.forEach((branch, index) => {
    const id = `${frameId}/${startedEventId}.${index}`;
    startLine(draft, { id, parent: frameId, index, state: branch.startAt, input, previousEventId: startedEventId });
  });
}

/** A branch succeeded; with the last of them the state does. */
export function branchSucceeded(draft: Draft, frameId: string): void {
  const { doing } = mustRun(draft, frameId);
  if (doing.phase !== 'parallel') throw new Error(`frame ${frameId} has a branch and no Parallel`);
  const open = doing.open - 1;
  update(draft, frameId, { doing: { ...doing, open } });
  if (open === 0) finishLines(draft, frameId);
}
