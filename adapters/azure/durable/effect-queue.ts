import { createHash, randomUUID } from 'node:crypto';
import { type DurableClient, OrchestrationRuntimeStatus } from 'durable-functions';
import type { EffectNotice, EffectQueue } from '../../../engine/runner/ports.ts';
import { EFFECT_ORCHESTRATION } from './effect-orchestration.ts';

/** What of Durable Functions' client a queue needs. */
export type OrchestrationClient = Pick<DurableClient, 'startNew' | 'getStatus'>;

const UNDER_WAY = [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running];

/** Instances started at the same time. */
const STARTS_AT_ONCE = 20;

/**
 * Effects as Durable Functions orchestrations: an instance for each notice, whose id is made of it, so that a notice that
 * is sent again while the first is under way starts nothing. `client`: the newest that an invocation was given.
 */
export function durableEffectQueue(client: () => OrchestrationClient): EffectQueue {
  return {
    async send(notices) {
      for (let from = 0; from < notices.length; from += STARTS_AT_ONCE)
        await Promise.all(notices.slice(from, from + STARTS_AT_ONCE).map((notice) => start(client(), notice)));
    },
  };
}

async function start(client: OrchestrationClient, notice: EffectNotice): Promise<void> {
  const instanceId = instanceOf(notice);
  try {
    await client.startNew(EFFECT_ORCHESTRATION, { instanceId, input: notice });
  } catch (thrown) {
    if (!(await isUnderWay(client, instanceId))) throw thrown;
  }
}

/** The extension refuses an id whose instance is not over. One that is over gives its id to the next. */
async function isUnderWay(client: OrchestrationClient, instanceId: string): Promise<boolean> {
  try {
    const { runtimeStatus } = await client.getStatus(instanceId, { showInput: false });
    return UNDER_WAY.includes(runtimeStatus);
  } catch {
    return false; // then it is the start's own failure that counts
  }
}

/**
 * A step that continues may open its successor under the same id, while the instance that performed it is about to end:
 * such a notice always gets an instance of its own. All others may be dropped while the first is under way.
 */
function instanceOf({ arn, effectId, kind, at, link }: EffectNotice): string {
  if (kind === 'Continue') return randomUUID();
  return createHash('sha256')
    .update(JSON.stringify([arn, effectId, at ?? null, link]))
    .digest('hex');
}
