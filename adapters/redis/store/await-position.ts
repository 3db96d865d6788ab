import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '../../../functions/ports/recovery/position.ts';
import type { KeptSite } from '../site/kept-site.ts';
import { hasAll, replicationFacts } from '../site/replication-facts.ts';

/** Redis applies what it receives as it receives it, so what it has is what it shows. */
export async function awaitPosition(site: KeptSite, position: Position, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  return site.reach(withinMs + 1000, async (redis) => {
    for (;;) {
      if (hasAll(await replicationFacts(redis), position)) return true;
      if (Date.now() >= deadline) return false;
      await pause(3);
    }
  });
}
