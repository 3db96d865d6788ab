import type { HistoryEvent } from '../../../engine/core/history.ts';
import type { Json, JsonObject } from '../../../engine/data/json.ts';
import { ServiceError } from '../../../adapters/local/function-error.ts';
import { inProcessTaskDispatcher } from '../../../adapters/local/task-dispatcher.ts';
import type { LocalFunction } from '../../../adapters/local/local-function.ts';
import { createRunner } from '../../../engine/runner/create-runner.ts';
import { memoryExecutionStore } from '../../../engine/runner/memory-execution-store.ts';
import type { ExecutionSummary, StoredMachine } from '../../../engine/runner/ports.ts';
import { countingIds } from '../counting-ids.ts';
import { mustRead } from '../run-machine.ts';
import { testClock } from '../test-clock.ts';

interface LambdaRun {
  readonly summary: ExecutionSummary;
  readonly history: readonly HistoryEvent[];
  readonly output: Json | undefined;
}

/**
 * Runs a machine of a template with this engine in the place of Step Functions and functions behind Lambda's Invoke API. Waits
 * and retries cost nothing: time passes on the engine's clock when no function is at work. `key` is sent with every task.
 */
export async function runOnLambda(
  url: string,
  definitions: ReadonlyMap<string, string>,
  name: string,
  input: JsonObject,
  { sendsKeys = true, clock = testClock(Date.now()) } = {},
): Promise<LambdaRun> {
  const store = memoryExecutionStore();
  const problems: unknown[] = [];
  let atWork = 0;
  let ended = () => {};

  /** By ARN, whatever the name: the server knows which there are. */
  const invoke =
    (arn: string): LocalFunction =>
    async (event, { key }) => {
      atWork++;
      try {
        const custom = { 'pointsman.key': key };
        const sent = sendsKeys ? Buffer.from(JSON.stringify({ custom })).toString('base64') : undefined;
        const response = await fetch(`${url}/2015-03-31/functions/${arn.split(':').at(-1)}/invocations`, {
          method: 'POST',
          body: JSON.stringify(event),
          headers: sent === undefined ? {} : { 'x-amz-client-context': sent },
        });
        const text = await response.text();
        if (!response.ok) throw new ServiceError('Lambda.ResourceNotFoundException', text);
        if (response.headers.has('x-amz-function-error')) throw new ServiceError(JSON.parse(text).errorType, text);
        return JSON.parse(text);
      } finally {
        atWork--;
        ended();
      }
    };

  const arns = [...definitions.values()].flatMap((text) => text.match(/arn:aws:lambda:[^"]+/g) ?? []);
  const dispatcher = inProcessTaskDispatcher({
    functions: new Map(arns.map((arn) => [arn, invoke(arn)])),
    concurrency: 8,
    clock,
    log: (message) => void problems.push(message),
  });
  const runner = createRunner({
    store,
    dispatcher,
    clock,
    ids: countingIds(),
    machineOf: ({ definition }) => mustRead(definition),
    onProblem: (problem, arn, thrown) => void problems.push({ problem, arn, thrown }),
  });
  const machines = new Map([...definitions].map(([each, definition]) => [each, machineOf(each, definition)]));
  for (const machine of machines.values()) await store.putMachine(machine);
  const machine = machines.get(name);
  if (machine === undefined) throw new Error(`there is no machine ${name}`);
  const { execution } = await runner.start({ machine, name: `run-${clock.now()}`, input: JSON.stringify(input) });

  for (;;) {
    await runner.settled();
    if (problems.length > 0) throw new Error('the runner met a problem', { cause: problems[0] });
    if (atWork > 0) {
      await new Promise<void>((resolve) => {
        ended = resolve;
      });
      await new Promise(setImmediate); // its outcome reaches the engine
      continue;
    }
    await new Promise(setImmediate);
    if (atWork > 0) continue;
    const summary = await store.summary(execution.arn);
    if (summary === undefined) throw new Error('the execution is gone');
    if (summary.status !== 'RUNNING' || !clock.advanceToNext()) {
      const { items: history } = await store.history(execution.arn, { limit: 30_000, reverse: false });
      await runner.close();
      return { summary, history, output: summary.output === undefined ? undefined : JSON.parse(summary.output) };
    }
  }
}

const machineOf = (name: string, definition: string): StoredMachine => ({
  arn: `arn:aws:states:eu-west-1:000000000000:stateMachine:${name}`,
  name,
  type: 'STANDARD',
  definition,
  revisionId: 'revision',
  roleArn: 'arn:aws:iam::000000000000:role/test',
  createdAt: testClock().now(),
});
