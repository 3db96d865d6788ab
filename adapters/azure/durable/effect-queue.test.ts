import { describe, expect, it } from 'vitest';
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { EffectNotice } from '../../../engine/runner/ports.ts';
import { durableEffectQueue, type OrchestrationClient } from './effect-queue.ts';

/** A task hub that refuses what is under way. */
function hub() {
  const underWay = new Map<string, unknown>();
  const started: unknown[] = [];
  let isAway = false;
  const client = {
    async startNew(name: string, { instanceId = '', input }: { instanceId?: string; input?: unknown } = {}) {
      if (isAway) throw new Error('the extension is away');
      if (underWay.has(instanceId)) throw new Error('The operation failed with an unexpected status code: 409');
      underWay.set(instanceId, input);
      started.push([name, input]);
      return instanceId;
    },
    async getStatus(instanceId: string) {
      if (!underWay.has(instanceId)) throw new Error('404');
      return { runtimeStatus: 'Running' };
    },
  } as unknown as OrchestrationClient;
  return { client, underWay, started, away: () => void (isAway = true) };
}

const notice = (more: Partial<EffectNotice> = {}): EffectNotice => ({
  arn: 'arn:aws:states:us-east-1:000000000000:execution:deploy:a',
  effectId: 'task-1',
  kind: 'RunTask',
  at: undefined,
  link: 0,
  ...more,
});

describe('durableEffectQueue', () => {
  it('starts an orchestration for each notice, with the notice as its input', async () => {
    const { client, started } = hub();
    const notices = Array.from({ length: 45 }, (_, i) => notice({ effectId: `task-${i}` }));
    await durableEffectQueue(() => client).send(notices);

    expect(started).toEqual(notices.map((each) => ['pm_effect', each]));
  });

  it('starts nothing for a notice that is sent again while the first is under way, and again when it is over', async () => {
    const { client, started, underWay } = hub();
    const queue = durableEffectQueue(() => client);
    await queue.send([notice()]);
    await queue.send([notice()]);
    expect(started).toHaveLength(1);

    underWay.clear();
    await queue.send([notice()]);
    expect(started).toHaveLength(2);
  });

  it('takes a timer that was moved, and a link of a chain, for notices of their own', async () => {
    const { client, started } = hub();
    const timer = (seconds: number) => notice({ kind: 'SetTimer', at: toEpochMs(1_700_000_000_000 + seconds * 1000) });
    await durableEffectQueue(() => client).send([timer(1), timer(2), { ...timer(2), link: 1 }]);

    expect(started).toHaveLength(3);
  });

  it('never drops a step that continues: its successor may have the same id', async () => {
    const { client, started } = hub();
    await durableEffectQueue(() => client).send([notice({ kind: 'Continue' }), notice({ kind: 'Continue' })]);

    expect(started).toHaveLength(2);
  });

  it('rejects when the extension does not take a notice', async () => {
    const { client, away } = hub();
    away();
    await expect(durableEffectQueue(() => client).send([notice()])).rejects.toThrow('the extension is away');
  });
});
