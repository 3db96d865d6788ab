import { describe, expect, it, onTestFinished } from 'vitest';
import { composeEngine } from '../../adapters/local/host/compose-engine.ts';
import { virtualTime } from '../../adapters/local/host/host-time.ts';
import { sqliteExecutionStore } from '../../adapters/local/execution-store/execution-store.ts';
import { inProcessTaskDispatcher } from '../../adapters/local/task-dispatcher.ts';
import { randomIds } from '../../adapters/local/random-ids.ts';
import type { StoredMachine } from '../../engine/runner/ports.ts';
import type { LocalFunction } from '../../adapters/local/local-function.ts';
import { functionArn, storedMachine } from '../support/run-machine.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const START = Date.UTC(2024, 0, 1);
const YEAR_SECONDS = 365 * 24 * 3600;

/** A host's engine on virtual time, as `pointsman start --virtual-clock` composes it. */
async function virtualHost(work: LocalFunction) {
  const time = virtualTime(START);
  const database = sqliteExecutionStore(`${await temporaryFolder()}/executions.db`);
  const functions = new Map([[functionArn('work'), time.call(work)]]);
  const engine = composeEngine({
    store: time.port(database),
    dispatcher: inProcessTaskDispatcher({ functions, concurrency: 4, clock: time.clock, log: () => undefined }),
    clock: time.clock,
    ids: randomIds,
    onProblem: (problem, thrown) => expect.fail(`${problem}: ${String(thrown)}`),
  });
  onTestFinished(async () => {
    time.close();
    await engine.close();
    database.close();
  });
  const api = time.requests(engine.api({ region: 'us-east-1', account: '000000000000' }));
  return {
    async call(operation: string, request: object): Promise<unknown> {
      const headers = { 'x-amz-target': `AWSStepFunctions.${operation}`, 'content-type': 'application/x-amz-json-1.0' };
      const body = JSON.stringify(request);
      return (await api(new Request('http://host/', { method: 'POST', headers, body }))).json();
    },
    async run(machine: StoredMachine) {
      await database.putMachine(machine);
      const { execution } = await engine.runner.start({ machine, name: 'it', input: '{}' });
      const summary = await engine.runner.ended(execution.arn);
      const { items } = await database.history(execution.arn, { limit: 100, reverse: false });
      return { summary, at: items.map(({ type, timestamp }) => [type, (timestamp - START) / 1000]) };
    },
  };
}

describe('a host on a virtual clock', () => {
  it('passes a Wait of a year at once, with exact timestamps', async () => {
    const { run } = await virtualHost(async () => null);
    const waiting = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: YEAR_SECONDS, End: true } } };
    const { at } = await run(storedMachine('year', waiting));

    expect(at).toEqual([
      ['ExecutionStarted', 0],
      ['WaitStateEntered', 0],
      ['WaitStateExited', YEAR_SECONDS],
      ['ExecutionSucceeded', YEAR_SECONDS],
    ]);
  });

  it('stands still while a function works, so that its timeout does not overtake it', async () => {
    const { run } = await virtualHost(() => new Promise((resolve) => void setTimeout(resolve, 20, 'done')));
    const States = { T: { Type: 'Task', Resource: functionArn('work'), TimeoutSeconds: 1, End: true } };
    const { summary } = await run(storedMachine('slow', { StartAt: 'T', States }));

    expect([summary.status, summary.output, summary.stoppedAt]).toEqual(['SUCCEEDED', '"done"', START]);
  });

  it('waits between the attempts of a retry by the clock', async () => {
    const { run } = await virtualHost(() => Promise.reject(new Error('not yet')));
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 10, BackoffRate: 2, MaxAttempts: 2 }];
    const States = { T: { Type: 'Task', Resource: functionArn('work'), Retry, End: true } };
    const { at } = await run(storedMachine('retried', { StartAt: 'T', States }));

    expect(at.filter(([type]) => type === 'LambdaFunctionScheduled').map(([, seconds]) => seconds)).toEqual([
      0, 10, 30,
    ]);
  });

  it('tests a Wait at once', async () => {
    const { call } = await virtualHost(async () => null);
    const definition = JSON.stringify({ Type: 'Wait', Seconds: 60, Next: 'B' });

    expect(await call('TestState', { definition })).toMatchObject({ status: 'SUCCEEDED', nextState: 'B' });
  });

  it('stands still while a function that is tested works', async () => {
    const { call } = await virtualHost(() => new Promise((resolve) => void setTimeout(resolve, 20, 'done')));
    const definition = JSON.stringify({ Type: 'Task', Resource: functionArn('work'), TimeoutSeconds: 1, End: true });
    const roleArn = 'arn:aws:iam::000000000000:role/r';

    expect(await call('TestState', { definition, roleArn })).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  });
});
