import type { Json } from '../data/json.ts';
import type { Effect, End, ExecutionEvent, StartFrame, Waiter } from './execution.ts';
import type { EpochMs } from '../data/instant.ts';

/** Tells the task that started this execution with `.sync` how it ended: what DescribeExecution would say, in capitals. */
export function tellWaiter(start: StartFrame, waiter: Waiter, end: End, stoppedAt: EpochMs): Effect {
  const description: Json = {
    ExecutionArn: start.arn,
    Input: JSON.stringify(start.input),
    InputDetails: { Included: true },
    Name: start.name,
    ...(end.status === 'SUCCEEDED' ? succeeded(end.output, waiter) : failed(end)),
    StartDate: start.startedAt,
    StateMachineArn: start.machineArn,
    Status: end.status,
    StopDate: stoppedAt,
  };
  const { frame, key } = waiter;
  const event: ExecutionEvent =
    end.status === 'SUCCEEDED'
      ? { kind: 'TaskSucceeded', frame, key, output: description }
      : { kind: 'TaskFailed', frame, key, failure: { error: 'States.TaskFailed', cause: JSON.stringify(description) } };
  return { kind: 'Deliver', id: 'tell-waiter', to: waiter.arn, event };
}

const succeeded = (output: Json, { pattern }: Waiter) => ({
  Output: pattern === 'sync' ? JSON.stringify(output) : output,
  OutputDetails: { Included: true },
});

const failed = ({ error, cause }: Extract<End, { error: unknown }>) => ({
  ...(error === undefined ? {} : { Error: error }),
  ...(cause === undefined ? {} : { Cause: cause }),
});
