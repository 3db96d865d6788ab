import type { End, StartFrame, Waiter } from '../core/index.ts';
import type { EpochMs } from '../data/instant.ts';
import type { ExecutionSummary, StoredMachine } from './ports.ts';

export const runningSummary = ({
  arn,
  machine,
  name,
  input,
  startedAt,
  mapRunArn,
}: Pick<ExecutionSummary, 'arn' | 'name' | 'input' | 'startedAt' | 'mapRunArn'> & {
  readonly machine: StoredMachine;
}): ExecutionSummary => ({
  arn,
  machineArn: machine.arn,
  revisionId: machine.revisionId,
  ...(mapRunArn === undefined ? {} : { mapRunArn }),
  name,
  status: 'RUNNING',
  startedAt,
  stoppedAt: undefined,
  input,
  output: undefined,
  error: undefined,
  cause: undefined,
});

export const endedSummary = (running: ExecutionSummary, end: End, stoppedAt: EpochMs): ExecutionSummary => ({
  ...running,
  status: end.status,
  stoppedAt,
  ...(end.status === 'SUCCEEDED' ? { output: JSON.stringify(end.output) } : { error: end.error, cause: end.cause }),
});

/** What the interpreter is told of an execution when it starts. */
export const startFacts = (
  { arn, name, machineArn, startedAt, input }: ExecutionSummary,
  { roleArn, name: machineName }: StoredMachine,
  waiter: Waiter | undefined,
): Omit<StartFrame, 'kind'> => ({
  arn,
  name,
  roleArn,
  machineArn,
  machineName,
  startedAt,
  input: JSON.parse(input),
  waiter,
});
