import type { Position } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { ADMIN } from '../server/server-config.ts';
import { textOf } from '../wire/resp.ts';
import type { Redis } from '../wire/redis-session.ts';
import { applyWrites, pauseWrites } from './bring-up.ts';
import type { KeptSite } from './kept-site.ts';
import { replicationFacts } from './replication-facts.ts';
import type { SiteRecord } from './site-record.ts';

/** Writes are refused from here on, and sessions of clients have ended. Resolves with the end of what was acknowledged. */
export async function freezeSite(site: KeptSite): Promise<Position> {
  assertPrimary(site, await site.record());
  return site.reach(3000, async (redis) => {
    await site.note({ frozen: true });
    await site.configure();
    await pauseWrites(redis);
    await endClients(redis);
    return (await replicationFacts(redis)).end;
  });
}

export async function thawSite(site: KeptSite): Promise<void> {
  const { frozen } = await site.record();
  if (!frozen) return;
  await site.reach(1000, (redis) => redis('PING'));
  await site.note({ frozen: false });
  await applyWrites(site);
  await site.reach(1000, (redis) => redis('CLIENT', 'UNPAUSE'));
}

export function assertPrimary(site: KeptSite, { role }: SiteRecord): void {
  if (role !== 'primary') throw new StepFailure('Pointsman.NotPrimary', `${site.label} is a ${role}, no primary`);
}

/** All but the adapter's own; replicas are of another type. */
export async function endClients(redis: Redis): Promise<void> {
  for (const type of ['normal', 'pubsub']) {
    const clients = textOf(await redis('CLIENT', 'LIST', 'TYPE', type)).split('\n');
    const ids = clients
      .filter((line) => line !== '' && !line.includes(` user=${ADMIN} `))
      .map((line) => /^id=(\d+)/.exec(line)?.[1] ?? '');
    await redis.pipeline(ids.map((id) => ['CLIENT', 'KILL', 'ID', id])); // one that is gone is fine
  }
}
