import type { ResultWriter } from '../asl/machine.ts';
import { type EpochMs, isoText } from '../data/instant.ts';
import type { Json, JsonObject } from '../data/json.ts';
import type { End, StartFrame } from './execution.ts';
import type { ChildResult } from './map-run.ts';

/** How an execution of a Map Run ended, for the Map that waits for it. */
export const resultOf = (start: StartFrame, end: End, stoppedAt: EpochMs): ChildResult => {
  const { arn, machineArn, name, startedAt, redrives } = start;
  const facts = {
    arn,
    machineArn,
    name,
    startedAt,
    stoppedAt,
    status: end.status,
    input: JSON.stringify(start.input),
    ...(redrives === undefined ? {} : { redriveCount: redrives.length }),
  };
  return end.status === 'SUCCEEDED'
    ? { ...facts, output: JSON.stringify(end.output), error: undefined, cause: undefined }
    : { ...facts, output: undefined, error: end.error, cause: end.cause };
};

/** A result with all that is known of its execution, as a ResultWriter writes it. (Step Functions guide, "ResultWriter") */
export function resultRecord({
  arn,
  machineArn,
  name,
  status,
  startedAt,
  stoppedAt,
  redriveCount,
  ...data
}: ChildResult): JsonObject {
  const { input, output, error, cause } = data;
  return {
    ...(cause === undefined ? {} : { Cause: cause }),
    ...(error === undefined ? {} : { Error: error }),
    ExecutionArn: arn,
    Input: input,
    InputDetails: { Included: true },
    Name: name,
    ...(output === undefined ? {} : { Output: output, OutputDetails: { Included: true } }),
    RedriveCount: redriveCount ?? 0,
    ...(status === 'SUCCEEDED'
      ? { RedriveStatus: 'NOT_REDRIVABLE', RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' }
      : { RedriveStatus: 'REDRIVABLE_BY_MAP_RUN' }),
    StartDate: isoText(startedAt),
    StateMachineArn: machineArn,
    Status: status,
    StopDate: isoText(stoppedAt),
  };
}

/** A result as its Transformation has it. What failed has no output, so it keeps its whole record. */
export const transformed = (result: ChildResult, transformation: ResultWriter['transformation']): Json =>
  transformation === 'NONE' || result.output === undefined ? resultRecord(result) : JSON.parse(result.output);

/** Transformed results in order; `FLATTEN` takes apart the outputs that are arrays. */
export const flattened = (results: readonly Json[], transformation: ResultWriter['transformation']): readonly Json[] =>
  transformation === 'FLATTEN' ? results.flatMap((each) => each) : results;
