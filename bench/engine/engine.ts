import { join } from 'node:path';
import { sqliteExecutionStore } from '../../adapters/local/execution-store/execution-store.ts';
import { randomIds } from '../../adapters/local/random-ids.ts';
import { systemClock } from '../../adapters/local/system-clock.ts';
import { readMachine } from '../../engine/asl/index.ts';
import { isObject } from '../../engine/data/json.ts';
import { createRunner } from '../../engine/runner/create-runner.ts';
import { memoryExecutionStore } from '../../engine/runner/memory-execution-store.ts';
import type { Commit, ExecutionStore, StoredMachine, TaskDispatcher } from '../../engine/runner/ports.ts';
import type { Workload } from './workloads.ts';

/** Something that runs a workload once, and tells when it has. */
export interface Contender {
  readonly name: string;
  run(): Promise<void>;
  close(): void;
}

/** The engine of a host, functions in process, without the HTTP API. `onCommit` sees every write. */
export function engine(
  workload: Workload,
  folder: string | undefined,
  onCommit: (change: Commit) => void = () => undefined,
): Contender {
  const sqlite = folder === undefined ? undefined : sqliteExecutionStore(join(folder, 'engine.db'));
  const kept = sqlite ?? memoryExecutionStore();
  const store: ExecutionStore = {
    ...kept,
    create(summary, first) {
      onCommit(first);
      return kept.create(summary, first);
    },
    commit(arn, version, change) {
      onCommit(change);
      return kept.commit(arn, version, change);
    },
  };
  const machine: StoredMachine = {
    arn: 'arn:aws:states:us-east-1:000000000000:stateMachine:machine',
    name: 'machine',
    type: 'STANDARD',
    definition: JSON.stringify(workload.definition),
    revisionId: 'revision',
    roleArn: 'arn:aws:iam::000000000000:role/bench',
    createdAt: systemClock.now(),
  };
  const reading = readMachine(machine.definition);
  if (!reading.ok) throw new Error(`${workload.name} is no machine: ${reading.diagnostics[0]?.message}`);
  const runner = createRunner({
    store,
    dispatcher: adding,
    clock: systemClock,
    ids: randomIds,
    machineOf: () => reading.machine,
    onProblem: (problem, arn, thrown) => {
      throw new Error(`${problem}: ${arn}`, { cause: thrown });
    },
  });
  const input = JSON.stringify(workload.input);
  const ready = store.putMachine(machine);
  return {
    name: sqlite === undefined ? 'engine, memory' : 'engine, SQLite',
    async run() {
      await ready;
      const { execution } = await runner.start({ machine, name: randomIds.next(), input });
      const { status } = await runner.ended(execution.arn);
      if (status !== 'SUCCEEDED') throw new Error(`${workload.name} ended as ${status}`);
    },
    close: () => sqlite?.close(),
  };
}

const adding: TaskDispatcher = {
  knows: () => true,
  cancel: () => undefined,
  dispatch({ input }, report) {
    const count = isObject(input) ? Number(input['count']) : 0;
    void Promise.resolve().then(() => report({ kind: 'succeeded', output: { count: count + 1 } }));
  },
};
