import { randomUUID } from 'node:crypto';
import { applyWrites } from '../site/bring-up.ts';
import type { KeptSite } from '../site/kept-site.ts';

/**
 * Writes something unique into the stream and takes it away again, when a standby has begun to follow: the logs of both sides hold it, so
 * that a fork can be found in them later. A primary that is to refuse writes when it is alone does so from now on.
 */
export async function markStream(leader: KeptSite, guarded = false): Promise<void> {
  const key = `pointsman:mark:${randomUUID()}`;
  const { frozen } = await leader.record();
  if (frozen) return;
  if (guarded) {
    await leader.note({ guarded });
    await applyWrites(leader);
  }
  await leader.reach(1000, (redis) =>
    redis.pipeline([
      ['SET', key, ''],
      ['DEL', key],
    ]),
  );
}
