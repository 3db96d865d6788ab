import { redrive as redriveStep, type StepContext } from '../core/index.ts';
import type { Committer } from './committer.ts';
import { compiledMachine, storedMachineAt } from './map-run/item-processors.ts';
import { notRedrivable } from './redrivable.ts';
import type { Runner } from './runner.ts';
import type { RunnerOptions } from './runner-options.ts';
import { advance, assertKnownBehaviour } from './state-cache.ts';
import { redrivenSummary, repeatedRedrive } from './summaries.ts';

export interface RedriverOptions extends Pick<RunnerOptions, 'store' | 'clock' | 'machineOf'> {
  readonly committer: Pick<Committer, 'commit'>;
  readonly context: () => StepContext;
}

/** Goes on with executions that failed, as `Runner.redrive` says. */
export function executionRedriver({ store, clock, machineOf, committer, context }: RedriverOptions): Runner['redrive'] {
  return async (arn, clientToken) => {
    for (;;) {
      const stored = await store.load(arn);
      if (stored === undefined) return { kind: 'unknown' };
      const { summary: ended, frames } = stored;
      const again = repeatedRedrive(frames, clientToken, clock.now());
      if (again !== undefined) return { kind: 'redriven', at: again };
      const reason = notRedrivable(ended, clock.now());
      if (reason !== undefined) return { kind: 'refused', reason };
      if (frames['root'] === undefined)
        return { kind: 'refused', reason: 'Execution was started before the launch of RedriveExecution' };
      assertKnownBehaviour(stored);
      const stands = await storedMachineAt(store, ended.machineArn, ended.revisionId);
      if (stands === undefined) throw new Error(`${arn} runs a revision of ${ended.machineArn} that is not stored`);
      const machine = compiledMachine(machineOf, stands);
      const step = redriveStep(machine, stored, context(), clientToken);
      const redriven = redrivenSummary(ended, clock.now());
      const advanced = advance({ ...stored, frames: { ...frames }, machine, logging: stands.logging }, step);
      if ((await committer.commit(advanced, step, redriven)) === 'conflict') continue;
      return { kind: 'redriven', at: redriven.redrivenAt };
    }
  };
}
