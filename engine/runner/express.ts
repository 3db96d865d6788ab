import { createRunner } from './create-runner.ts';
import { memoryExecutionStore } from './memory-execution-store.ts';
import type { ExecutionStore, ExecutionSummary } from './ports.ts';
import type { Runner, StartRequest } from './runner.ts';
import type { RunnerOptions } from './runner-options.ts';

/** Executions of Express machines: in memory, and gone with their end or with the process. */
export interface Express {
  /** Starts an execution; names need not be unique, and nobody is told of the end. */
  start(request: StartRequest): Promise<{ readonly kind: 'started'; readonly execution: ExecutionSummary }>;
  /** Runs an execution to its end. */
  run(request: StartRequest): Promise<ExecutionSummary>;
  /** Ends what still runs without an outcome. */
  close(): Promise<void>;
}

export interface ExpressOptions extends Omit<RunnerOptions, 'store' | 'elsewhere' | 'events'> {
  readonly machines: Pick<ExecutionStore, 'machine'>;
  /** Starts what an Express execution starts of Standard machines. */
  readonly standard: Pick<Runner, 'start'>;
}

/** The longest that an Express execution runs. ("Service quotas") */
const LONGEST_SECONDS = 300;

/** Every execution has a runner and a store of its own, so that nothing of it is left when it ends. */
export function createExpress({ machines, standard, machineOf, ...options }: ExpressOptions): Express {
  const running = new Set<Runner>();

  async function begin(request: StartRequest) {
    const runner: Runner = createRunner({
      ...options,
      store: { ...memoryExecutionStore(), machine: machines.machine },
      machineOf(stored) {
        const machine = machineOf(stored);
        return { ...machine, timeoutSeconds: Math.min(machine.timeoutSeconds ?? LONGEST_SECONDS, LONGEST_SECONDS) };
      },
      elsewhere: (machine) => (machine.type === 'EXPRESS' ? express : standard),
    });
    running.add(runner);
    const { execution } = await runner.start(request);
    const ended = runner.ended(execution.arn).then((summary) => {
      void runner.close().then(() => running.delete(runner)); // nobody waits for what it logs
      return summary;
    });
    return { execution, ended };
  }

  const express: Express = {
    async start(request) {
      const { execution } = await begin(request);
      return { kind: 'started', execution };
    },
    run: async (request) => (await begin(request)).ended,
    async close() {
      for (const runner of running) await runner.close();
    },
  };
  return express;
}
