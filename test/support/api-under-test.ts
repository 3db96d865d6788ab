import { memoryLogSink } from '../../adapters/memory/log-sink.ts';
import { memoryObjectStore } from '../../adapters/memory/object-store.ts';
import { memoryTaskDispatcher } from '../../adapters/memory/task-dispatcher.ts';
import { type Authentication, stepFunctionsApi, stepFunctionsOperations } from '../../engine/api/index.ts';
import { createRunner } from '../../engine/runner/create-runner.ts';
import { createExpress } from '../../engine/runner/express.ts';
import { memoryExecutionStore } from '../../engine/runner/memory-execution-store.ts';
import type { EventSink, LogSink, StoredMachine } from '../../engine/runner/ports.ts';
import type { Runner } from '../../engine/runner/runner.ts';
import { countingIds } from './counting-ids.ts';
import { functionArn, mustRead } from './run-machine.ts';
import { testClock } from './test-clock.ts';

/** The whole API over an engine in memory, on a clock that stands still. It has one function, `verify-release`. */
export function apiUnderTest({
  account = '000000000000',
  store = memoryExecutionStore(),
  authentication = undefined as Authentication | undefined,
  events = undefined as EventSink | undefined,
  logs = undefined as LogSink | undefined,
} = {}) {
  const clock = testClock();
  const ids = countingIds();
  const dispatcher = memoryTaskDispatcher(
    clock,
    new Set([functionArn('verify-release'), 'arn:aws:states:::lambda:invoke.waitForTaskToken']),
  );
  const problems: unknown[] = [];
  const objects = memoryObjectStore(['bucket'], () => clock.now());
  const shared = {
    dispatcher,
    logs: logs ?? memoryLogSink([logGroupArn('group')]),
    objects,
    clock,
    ids,
    machineOf: ({ definition }: StoredMachine) => mustRead(definition),
    onProblem: (problem: string, arn: string, thrown: unknown) => void problems.push({ problem, arn, thrown }),
  };
  const runner: Runner = createRunner({
    ...shared,
    store,
    events,
    elsewhere: ({ type }) => (type === 'EXPRESS' ? express : undefined),
  });
  const express = createExpress({ ...shared, machines: store, standard: runner });
  const place = { region: 'us-east-1', account };
  const operations = stepFunctionsOperations({
    runner,
    express,
    store,
    dispatcher,
    logs: shared.logs,
    clock,
    ids,
    ...place,
  });
  const fetch = stepFunctionsApi({
    operations,
    ids,
    authentication,
    onProblem: (problem, thrown) => problems.push({ problem, thrown }),
  });
  return { operations, fetch, store, objects, clock, dispatcher, runner, problems };
}

export type ApiUnderTest = ReturnType<typeof apiUnderTest>;

export const roleArn = 'arn:aws:iam::000000000000:role/pointsman';
export const machineArn = (name: string): string => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;
/** `group` exists. */
export const logGroupArn = (name: string): string => `arn:aws:logs:us-east-1:000000000000:log-group:${name}:*`;
export const executionArn = (machine: string, name: string): string =>
  `arn:aws:states:us-east-1:000000000000:execution:${machine}:${name}`;

/** Ends at once with `{"done":true}`. */
export const passing = JSON.stringify({
  StartAt: 'Done',
  States: { Done: { Type: 'Pass', Result: { done: true }, End: true } },
});

/** Runs until its function answers. */
export const calling = JSON.stringify({
  StartAt: 'Verify',
  States: { Verify: { Type: 'Task', Resource: functionArn('verify-release'), End: true } },
});
