import { describe, expect, it } from 'vitest';
import {
  apiUnderTest,
  calling,
  executionArn,
  machineArn,
  passing,
  roleArn,
} from '../../test/support/api-under-test.ts';
import type { JsonObject } from '../data/json.ts';

describe('events of a status change', () => {
  /** An API whose listener takes no event while `down`. */
  const listening = async () => {
    const heard: JsonObject[] = [];
    const listener = { down: false };
    const events = {
      async put(event: JsonObject) {
        if (listener.down) throw new Error('down');
        heard.push(event);
      },
    };
    const tested = apiUnderTest({ events });
    const api = tested.operations;
    await api.CreateStateMachine({ name: 'pass', definition: passing, roleArn });
    await api.CreateStateMachine({ name: 'call', definition: calling, roleArn });
    await api.CreateStateMachine({ name: 'express', definition: passing, roleArn, type: 'EXPRESS' });
    const start = async (name: string) => {
      const { executionArn: arn } = await api.StartExecution({ stateMachineArn: machineArn(name), name: '1' });
      await settle();
      return arn;
    };
    const settle = async () => {
      await new Promise(setImmediate);
      await tested.runner.settled();
      await new Promise(setImmediate);
    };
    return { ...tested, heard, listener, events, start, settle };
  };
  const statuses = (heard: readonly JsonObject[]) => heard.map(({ detail }) => (detail as { status?: unknown }).status);
  const outbox = async ({ store }: Pick<ReturnType<typeof apiUnderTest>, 'store'>) => {
    const kinds: string[] = [];
    for await (const { effect } of store.outbox()) kinds.push(effect.kind);
    return kinds;
  };

  it('have EventBridge’s shape', async () => {
    const { heard, start } = await listening();
    await start('pass');
    const arn = executionArn('pass', '1');
    expect(heard).toEqual([
      expect.objectContaining({ detail: expect.objectContaining({ status: 'RUNNING', output: null, stopDate: null }) }),
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'detail-type': 'Step Functions Execution Status Change',
        source: 'aws.states',
        account: '000000000000',
        time: '2026-01-01T00:00:00Z',
        region: 'us-east-1',
        resources: [arn],
        detail: {
          executionArn: arn,
          stateMachineArn: machineArn('pass'),
          stateMachineVersionArn: null,
          stateMachineAliasArn: null,
          name: '1',
          status: 'SUCCEEDED',
          startDate: 1767225600000,
          stopDate: 1767225600000,
          input: '{}',
          inputDetails: { included: true },
          output: '{"done":true}',
          outputDetails: { included: true },
          error: null,
          cause: null,
          redriveCount: 0,
          redriveDate: null,
          redriveStatus: 'NOT_REDRIVABLE',
          redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
        },
      },
    ]);
  });

  it('tell each change, a redrive too, and leave the outbox once they are taken', async () => {
    const tested = await listening();
    const arn = await tested.start('call');
    await tested.operations.StopExecution({ executionArn: arn });
    await tested.settle();
    await tested.operations.RedriveExecution({ executionArn: arn });
    await tested.settle();
    expect(statuses(tested.heard)).toEqual(['RUNNING', 'ABORTED', 'RUNNING']);
    expect(await outbox(tested)).toEqual(['RunTask']);
  });

  it('wait for a listener that is down, over a restart too', async () => {
    const tested = await listening();
    tested.listener.down = true;
    await tested.start('pass');
    expect(await outbox(tested)).toEqual(['Announce', 'Announce']);
    tested.listener.down = false;
    tested.clock.advance(1000);
    await tested.settle();
    expect(statuses(tested.heard)).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(await outbox(tested)).toEqual([]);

    tested.listener.down = true;
    await tested.start('call');
    await tested.runner.close();
    tested.listener.down = false;
    await apiUnderTest({ store: tested.store, events: tested.events }).runner.recover();
    expect(statuses(tested.heard)).toEqual(['RUNNING', 'SUCCEEDED', 'RUNNING']);
  });

  it('are not told of Express executions', async () => {
    const { heard, start } = await listening();
    await start('express');
    expect(heard).toEqual([]);
  });
});
