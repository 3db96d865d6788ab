import type { Clock } from '../../functions/ports/clock.ts';
import type { Lease, Leases } from '../../functions/ports/leases.ts';
import { acquired, renewed } from '../../functions/ports/lease-rules.ts';

/** Leases that live as long as the object. The test double of `Leases`. */
export function memoryLeases(clock: Clock): Leases {
  const held = new Map<string, Lease>();
  const epochs = new Map<string, number>();

  return {
    async acquire(name, owner, ttlSeconds) {
      const lease = acquired(held.get(name), epochs.get(name) ?? 0, { name, owner, ttlSeconds, now: clock.now() });
      held.set(name, lease);
      epochs.set(name, lease.epoch);
      return lease;
    },
    async renew(name, owner, epoch, ttlSeconds) {
      const lease = renewed(held.get(name), { name, owner, epoch, ttlSeconds, now: clock.now() });
      held.set(name, lease);
      return lease;
    },
    async release(name, owner, epoch) {
      const lease = held.get(name);
      if (lease?.owner === owner && lease.epoch === epoch) held.delete(name);
    },
    read: async (name) => held.get(name),
  };
}
