import { sqliteExecutionStore } from '../../adapters/local/execution-store/execution-store.ts';
import { toEpochMs } from '../../engine/data/instant.ts';
import type { Commit, ExecutionSummary } from '../../engine/runner/ports.ts';

/**
 * A program to be killed: `node commit-until-killed.ts <data file> <executions>`. It commits to several executions side
 * by side, two events a commit, for ever, and prints `<name> <version>` after each acknowledgement.
 */
const [path = '', executions = '1'] = process.argv.slice(2);
const store = sqliteExecutionStore(path);

const commitOf = (version: number): Commit => ({
  head: { status: 'RUNNING', lastEventId: 2 * version },
  frames: { root: { kind: 'ended', index: version, output: 'x'.repeat(300) } },
  history: [2 * version - 1, 2 * version].map((id) => ({
    id,
    previousEventId: id - 1,
    timestamp: toEpochMs(id),
    type: 'PassStateEntered',
  })),
  opened: [{ kind: 'Continue', id: String(version) }],
  closed: [String(version - 1)],
  summary: undefined,
});

async function run(name: string): Promise<void> {
  const summary: ExecutionSummary = {
    arn: `arn:aws:states:us-east-1:000000000000:execution:deploy:${name}`,
    machineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy',
    revisionId: '1',
    name,
    status: 'RUNNING',
    startedAt: toEpochMs(0),
    stoppedAt: undefined,
    input: '{}',
    output: undefined,
    error: undefined,
    cause: undefined,
  };
  await store.create(summary, commitOf(1));
  for (let version = 1; ; version++) {
    console.log(`${name} ${version}`);
    await store.commit(summary.arn, version, commitOf(version + 1));
  }
}

await Promise.all(Array.from({ length: Number(executions) }, (_, i) => run(`e${i}`)));
