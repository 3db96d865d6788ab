import type { Machine } from '../asl/machine.ts';
import { readExportedHistory } from './exported-history.ts';
import { type Difference, firstDifference } from './first-difference.ts';
import { caseFromHistory } from './history-case.ts';
import { judgeCase } from './judge-case.ts';
import { rehearse, type Rehearsal } from './rehearse.ts';
import type { TestCase } from './test-case.ts';

/** A recorded execution, run again here. */
export interface Replay {
  /** The recording as a case of `machine test`, its path left out where lines ran side by side in another order. */
  readonly case: TestCase;
  readonly run: Rehearsal;
  /** What of the end is another one, one sentence each; none when it is the same. */
  readonly problems: readonly string[];
  readonly difference: Difference | undefined;
}

/**
 * Replays what `aws stepfunctions get-execution-history` printed on this engine: tasks answer as they did, after the
 * time they took. `executionArn` is what the context object shows; the history itself does not have it.
 */
export async function replayHistory(
  machine: Machine,
  text: string,
  executionArn?: string,
): Promise<Replay | { readonly problem: string }> {
  const recorded = readExportedHistory(text);
  if ('problem' in recorded) return recorded;
  const made = caseFromHistory(recorded.events);
  if ('problem' in made) return made;
  const given: TestCase = { ...(executionArn === undefined ? {} : { executionArn }), ...made.case };
  const run = await rehearse(machine, given);
  const replayed = readExportedHistory(JSON.stringify({ events: run.history }));
  if ('problem' in replayed) throw new Error(`the replay wrote no history: ${replayed.problem}`);
  const difference = firstDifference(recorded.events, replayed.events);
  const { path: _, ...end } = given.expect;
  const kept = difference === undefined && judgeCase(given, run).length > 0 ? { ...given, expect: end } : given;
  return { case: kept, run, problems: judgeCase(kept, run), difference };
}
