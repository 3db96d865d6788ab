import type { End, Frame, StartFrame, Waiter } from '../core/index.ts';
import type { EpochMs } from '../data/instant.ts';
import type { ExecutionSummary, StoredMachine } from './ports.ts';

export const runningSummary = ({
  arn,
  machine,
  name,
  input,
  startedAt,
  mapRunArn,
  versionArn,
  aliasArn,
}: Pick<ExecutionSummary, 'arn' | 'name' | 'input' | 'startedAt' | 'mapRunArn' | 'versionArn' | 'aliasArn'> & {
  readonly machine: StoredMachine;
}): ExecutionSummary => ({
  arn,
  machineArn: machine.arn,
  revisionId: machine.revisionId,
  ...(mapRunArn === undefined ? {} : { mapRunArn }),
  versionArn,
  aliasArn,
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

export const redrivenSummary = (ended: ExecutionSummary, now: EpochMs) => ({
  ...ended,
  status: 'RUNNING' as const,
  stoppedAt: undefined,
  error: undefined,
  cause: undefined,
  redriveCount: (ended.redriveCount ?? 0) + 1,
  redrivenAt: now,
});

/** How long, and among how many, a client token is recognised. (API reference, RedriveExecution) */
const TOKEN_MS = 15 * 60_000;
const TOKENS = 10;

/** When a call with this token redrove the execution, if one did; so a call that is repeated redrives once. */
export function repeatedRedrive(
  frames: Readonly<Record<string, Frame>>,
  token: string | undefined,
  now: EpochMs,
): EpochMs | undefined {
  const start = frames['start'];
  if (token === undefined || start?.kind !== 'start') return undefined;
  const recent = (start.redrives ?? []).slice(-TOKENS).filter(({ at }) => now - at < TOKEN_MS);
  return recent.find(({ clientToken }) => clientToken === token)?.at;
}
