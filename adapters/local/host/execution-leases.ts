import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import type { Leases } from '../../../functions/ports/leases.ts';

/**
 * Leases that executions own. One that has ended without giving its lease back, because it was stopped, holds it no
 * longer: the next need not wait until it expires. What the ended one may still write comes with the lower epoch.
 */
export function executionLeases(leases: Leases, store: Pick<ExecutionStore, 'summary'>): Leases {
  return {
    ...leases,
    async acquire(name, owner, ttlSeconds) {
      const held = await leases.read(name);
      if (held !== undefined && held.owner !== owner) {
        const holder = await store.summary(held.owner);
        if (holder !== undefined && holder.status !== 'RUNNING') await leases.release(name, held.owner, held.epoch);
      }
      return leases.acquire(name, owner, ttlSeconds);
    },
  };
}
