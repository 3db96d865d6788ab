import { start as startStep, type StepContext, type Waiter } from '../core/index.ts';
import { executionArn } from './arn.ts';
import type { Committer } from './committer.ts';
import { compiledMachine } from './map-run/item-processors.ts';
import type { MapRunArn } from './ports.ts';
import type { StartRequest } from './runner.ts';
import type { RunnerOptions } from './runner-options.ts';
import { advance } from './state-cache.ts';
import { runningSummary, startFacts } from './summaries.ts';

/** What an execution has besides that another execution started. */
export interface StartedBy {
  readonly waiter: Waiter;
  readonly arn: string;
  readonly mapRunArn: MapRunArn;
}

export interface ExecutionStarterOptions extends Pick<RunnerOptions, 'store' | 'clock' | 'ids' | 'machineOf'> {
  readonly committer: Pick<Committer, 'create'>;
  readonly context: () => StepContext;
  /** Told that an execution was there before. */
  readonly repeated: ((arn: string) => Promise<unknown>) | undefined;
}

/** Starts executions, as `Runner.start` says. */
export function executionStarter(options: ExecutionStarterOptions) {
  const { store, clock, ids, machineOf, committer, context, repeated } = options;
  return async ({ machine, waiter, ...asked }: StartRequest & Partial<StartedBy>) => {
    const arn = asked.arn ?? executionArn(machine, asked.name, ids.next);
    const running = runningSummary({ ...asked, arn, machine, startedAt: clock.now() });
    const definition = compiledMachine(machineOf, machine);
    const step = startStep(definition, startFacts(running, machine, waiter), context());
    const unwritten = {
      summary: running,
      version: 0,
      head: step.head,
      frames: {},
      machine: definition,
      logging: machine.logging,
    };
    const execution = await committer.create(advance(unwritten, step), step);
    if (execution !== 'exists') return { kind: 'started', execution } as const;
    const holder = await store.summary(arn);
    if (holder === undefined) throw new Error(`the store says that ${arn} exists and does not have it`);
    if (holder.status === 'RUNNING') await repeated?.(arn);
    return { kind: 'exists', execution: holder } as const;
  };
}
