import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { azureExecutionStore } from '../../../adapters/azure/tables/execution-store.ts';
import { azurite, type Azurite, startAzurite, withoutAzurite } from '../../support/azurite.ts';
import { functionArn } from '../../support/run-machine.ts';
import { testClock } from '../../support/test-clock.ts';
import { startAzureHost } from './azure-host.ts';

const DAY_MS = 86_400_000;

/** What docs/hosts/azure.md counts with: requests to the table service, and what Durable Functions is asked to do. */
describe.skipIf(azurite === undefined)(`what a state costs${withoutAzurite}`, () => {
  let storage: Azurite;
  beforeAll(async () => {
    storage = await startAzurite(azurite ?? '');
  });
  afterAll(() => storage.stop());

  /** Runs a chain of `length` states. */
  async function costOf(length: number, state: object) {
    let reads = 0;
    let writes = 0;
    const { name, table, openContainer } = await storage.storage({
      name: 'counted',
      async sendRequest(request, next) {
        if (request.method === 'GET') reads++;
        else writes++;
        return next(request);
      },
    });
    const watcher = azureExecutionStore(storage.found(name));
    const clock = testClock();
    const host = await startAzureHost({
      clock,
      store: azureExecutionStore({ table, openContainer }),
      functions: new Map([[functionArn('work'), async () => 1]]),
      sweepEveryMs: DAY_MS,
    });
    const states = Array.from({ length }, (_, i) => {
      const next = i + 1 < length ? { Next: `S${i + 1}` } : { End: true };
      return [`S${i}`, { ...state, ...next }] as const;
    });
    const call = async (operation: string, body: object) => {
      const headers = { 'x-amz-target': `AWSStepFunctions.${operation}` };
      const request = new Request('https://app.example/', { method: 'POST', headers, body: JSON.stringify(body) });
      return (await (await host.api(request)).json()) as Record<string, string>;
    };
    const definition = JSON.stringify({ StartAt: 'S0', States: Object.fromEntries(states) });
    const { stateMachineArn } = await call('CreateStateMachine', {
      name: 'm',
      definition,
      roleArn: 'arn:aws:iam::1:role/r',
    });
    [reads, writes] = [0, 0];
    const { executionArn = '' } = await call('StartExecution', { stateMachineArn, input: '{}' });
    await host.until(async () => {
      if ([...host.model.instances.values()].some(({ status }) => status !== 'Completed')) return false;
      return (await watcher.summary(executionArn))?.status !== 'RUNNING';
    });
    const { turns, activities } = host.model.counts;
    host.end();
    return { reads, writes, turns, activities };
  }

  const perState = async (state: object) => {
    const [ten, twenty] = [await costOf(10, state), await costOf(20, state)];
    return Object.fromEntries(
      (['reads', 'writes', 'turns', 'activities'] as const).map((name) => [name, (twenty[name] - ten[name]) / 10]),
    );
  };

  const task = { Type: 'Task', Resource: functionArn('work') };

  it('a Task: two looks and one transaction, one activity in two turns', async () => {
    expect(await perState(task)).toEqual({ reads: 2, writes: 1, turns: 2, activities: 1 });
  });

  it('a Wait: a turn more, for its timer', async () => {
    const wait = { Type: 'Wait', Seconds: 60 };
    expect(await perState(wait)).toEqual({ reads: 2, writes: 1, turns: 3, activities: 1 });
  });

  it('an execution without effects: two reads and three transactions from its start to its end', async () => {
    const cost = await costOf(1, { Type: 'Pass' });
    expect(cost).toEqual({ reads: 2, writes: 3, turns: 0, activities: 0 });
  });

  it('a timeout that was not needed: an activity in three turns, and a look', async () => {
    const limited = { ...task, TimeoutSeconds: 60 };
    expect(await perState(limited)).toEqual({ reads: 3, writes: 1, turns: 5, activities: 2 });
  });

  it('a Pass or a Choice: nothing of its own', async () => {
    expect(await perState({ Type: 'Pass' })).toEqual({
      reads: 0,
      writes: 0,
      turns: 0,
      activities: 0,
    });
  });
});
