import { redrive, restart, roundOf } from '../../core/index.ts';
import type { ExecutionArn, ExecutionSummary } from '../ports.ts';
import { notRedrivableByMapRun } from '../redrivable.ts';
import type { RedriverOptions } from '../redrive-execution.ts';
import { advance, assertKnownBehaviour } from '../state-cache.ts';
import { redrivenSummary } from '../summaries.ts';
import { compiledMachine, storedMachineAt } from './item-processors.ts';

/** What became of an execution that a round of its Map Run runs again. */
export type RedrivenChild =
  /** It runs, and will tell how it ends. */
  | { readonly kind: 'runs' }
  /** It ended in this round already. */
  | { readonly kind: 'ended'; readonly summary: ExecutionSummary }
  /** It cannot be run again: how it ended stands. */
  | { readonly kind: 'final'; readonly summary: ExecutionSummary }
  /** Nothing has started it yet, or it was removed since. */
  | { readonly kind: 'unknown' };

/**
 * Runs an execution of a Map Run again, under its ARN: a Standard one from where it failed, an Express one from its first
 * state. Safe to repeat: a round runs it once.
 * @throws Error for one that an earlier round has not stopped yet
 */
export async function redriveChild(
  { store, clock, machineOf, committer, context }: RedriverOptions,
  arn: ExecutionArn,
  executionType: 'STANDARD' | 'EXPRESS',
  round: number,
): Promise<RedrivenChild> {
  for (;;) {
    const stored = await store.load(arn);
    if (stored === undefined) return { kind: 'unknown' };
    const { summary, frames } = stored;
    const { start } = frames;
    if (summary.status === 'SUCCEEDED' || start?.kind !== 'start') return { kind: 'ended', summary };
    const isOfRound = roundOf(start) === round;
    if (summary.status !== 'RUNNING' && isOfRound) return { kind: 'ended', summary };
    if (summary.status === 'RUNNING' && isOfRound) return { kind: 'runs' };
    if (summary.status === 'RUNNING') throw new Error(`${arn} is still to be stopped before it is redriven`);
    if (executionType === 'STANDARD' && notRedrivableByMapRun(summary, clock.now()) !== undefined)
      return { kind: 'final', summary };
    assertKnownBehaviour(stored);
    const stands = await storedMachineAt(store, summary.machineArn, summary.revisionId);
    if (stands === undefined) throw new Error(`${arn} runs a revision of ${summary.machineArn} that is not stored`);
    const machine = compiledMachine(machineOf, stands);
    const isStandard = executionType === 'STANDARD';
    const step = (isStandard ? redrive : restart)(machine, stored, context(), round);
    const redriven = redrivenSummary(summary, clock.now());
    const running = isStandard ? redriven : { ...redriven, redriveCount: undefined }; // AWS starts it anew and counts nothing
    const advanced = advance({ ...stored, frames: { ...frames }, machine, logging: stands.logging }, step);
    if ((await committer.commit(advanced, step, running)) === 'committed') return { kind: 'runs' };
  }
}
