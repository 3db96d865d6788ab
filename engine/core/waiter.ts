import type { EpochMs } from '../data/instant.ts';
import type { Json } from '../data/json.ts';
import { resultOf } from './child-result.ts';
import type { Effect, End, ExecutionEvent, MapRunWaiter, StartFrame, TaskWaiter, Waiter } from './execution.ts';

/** Tells whoever started this execution and waits for it how it ended. */
export function tellWaiter(start: StartFrame, waiter: Waiter, end: End, stoppedAt: EpochMs): Effect {
  const event =
    waiter.pattern === 'map-run' ? childEnded(start, waiter, end, stoppedAt) : taskEnded(start, waiter, end, stoppedAt);
  return { kind: 'Deliver', id: 'tell-waiter', to: waiter.arn, event };
}

function childEnded(start: StartFrame, waiter: MapRunWaiter, end: End, stoppedAt: EpochMs): ExecutionEvent {
  const { frame, mapRun, index } = waiter;
  const round = roundOf(start);
  const result = resultOf(start, end, stoppedAt);
  return { kind: 'ChildEnded', frame, mapRun, index, result, ...(round === 0 ? {} : { round }) };
}

/** The round of its Map Run that an execution runs in: 0, or the number of the redrive that ran it again. */
export const roundOf = ({ redrives, waiter }: StartFrame): number =>
  redrives?.at(-1)?.round ?? (waiter?.pattern === 'map-run' ? (waiter.round ?? 0) : 0);

/** A task with `.sync` hears what DescribeExecution would say, in capitals. */
function taskEnded(start: StartFrame, waiter: TaskWaiter, end: End, stoppedAt: EpochMs): ExecutionEvent {
  const description: Json = {
    ExecutionArn: start.arn,
    Input: shown(start.input, waiter),
    InputDetails: { Included: true },
    Name: start.name,
    RedriveCount: 0,
    ...redriveStatus(end),
    ...(end.status === 'SUCCEEDED' ? succeeded(end.output, waiter) : failed(end)),
    StartDate: start.startedAt,
    StateMachineArn: start.machineArn,
    Status: end.status,
    StopDate: stoppedAt,
  };
  const { frame, key } = waiter;
  const submitted = { ExecutionArn: start.arn, StartDate: start.startedAt };
  return end.status === 'SUCCEEDED'
    ? { kind: 'TaskSucceeded', frame, key, submitted, output: description }
    : {
        kind: 'TaskFailed',
        frame,
        key,
        submitted,
        failure: { error: 'States.TaskFailed', cause: JSON.stringify(description) },
      };
}

const succeeded = (output: Json, waiter: TaskWaiter) => ({
  Output: shown(output, waiter),
  OutputDetails: { Included: true },
});

const failed = ({ error, cause }: Extract<End, { error: unknown }>) => ({
  ...(error === undefined ? {} : { Error: error }),
  ...(cause === undefined ? {} : { Cause: cause }),
});

/** `.sync` shows JSON as text, `.sync:2` as what it is. */
const shown = (value: Json, { pattern }: Waiter): Json => (pattern === 'sync' ? JSON.stringify(value) : value);

const redriveStatus = ({ status }: End) =>
  status === 'SUCCEEDED'
    ? { RedriveStatus: 'NOT_REDRIVABLE', RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' }
    : { RedriveStatus: 'REDRIVABLE' };
