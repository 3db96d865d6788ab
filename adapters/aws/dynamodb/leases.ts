import type { Clock } from '../../../functions/ports/clock.ts';
import { acquired, renewed } from '../../../functions/ports/lease-rules.ts';
import type { Lease, Leases } from '../../../functions/ports/leases.ts';
import type { Attributes, Key, Table } from './table.ts';

/** Leases in DynamoDB. The item stays when its lease is given up, so that epochs only grow. */
export function dynamoLeases(table: Table, clock: Clock): Leases {
  return {
    acquire: (name, owner, ttlSeconds) =>
      changed(table, name, (held, newestEpoch) =>
        acquired(held, newestEpoch, { name, owner, ttlSeconds, now: clock.now() }),
      ),
    renew: (name, owner, epoch, ttlSeconds) =>
      changed(table, name, (held) => renewed(held, { name, owner, epoch, ttlSeconds, now: clock.now() })),
    async release(name, owner, epoch) {
      await table.change(keyOf(name), (found) => {
        const held = leaseOf(name, found);
        return held?.owner === owner && held.epoch === epoch ? { epoch } : undefined;
      });
    },
    read: async (name) => leaseOf(name, await table.get(keyOf(name))),
  };
}

const keyOf = (name: string): Key => ({ pk: `lease#${name}`, sk: 'lease' });

async function changed(
  table: Table,
  name: string,
  decide: (held: Lease | undefined, newestEpoch: number) => Lease,
): Promise<Lease> {
  let lease: Lease | undefined;
  await table.change(keyOf(name), (found) => {
    lease = decide(leaseOf(name, found), Number(found?.['epoch'] ?? 0));
    return { owner: lease.owner, epoch: lease.epoch, expiresAt: lease.expiresAt };
  });
  if (lease === undefined) throw new Error(`${name}: no lease was decided on`);
  return lease;
}

function leaseOf(name: string, item: Attributes | undefined): Lease | undefined {
  const owner = item?.['owner'];
  if (item === undefined || typeof owner !== 'string') return undefined;
  return { name, owner, epoch: Number(item['epoch']), expiresAt: Number(item['expiresAt']) };
}
