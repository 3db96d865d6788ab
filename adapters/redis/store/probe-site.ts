import { randomUUID } from 'node:crypto';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { KeptSite } from '../site/kept-site.ts';
import { textOf } from '../wire/resp.ts';
import { redisSession } from '../wire/redis-session.ts';

/** Writes, reads and deletes a key as a client. */
export async function probeSite(site: KeptSite, epoch: number): Promise<void> {
  const key = `pointsman:probe:${randomUUID()}`;
  const address = { port: site.options.port, user: 'default', password: await site.clientPassword() };
  try {
    await redisSession(address, 2000, async (redis) => {
      await redis('SET', key, epoch, 'EX', 60);
      const read = textOf(await redis('GET', key));
      await redis('DEL', key);
      if (read !== String(epoch)) throw new Error(`it read ${read || 'nothing'} where ${epoch} was written`);
    });
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new StepFailure('Pointsman.ProbeFailed', `${site.label} does not take a client's write: ${found}`, {
      cause: error,
    });
  }
}
