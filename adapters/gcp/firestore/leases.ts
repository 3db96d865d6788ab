import { createHash } from 'node:crypto';
import type { Clock } from '../../../functions/ports/clock.ts';
import { acquired, renewed } from '../../../functions/ports/lease-rules.ts';
import type { Lease, Leases } from '../../../functions/ports/leases.ts';
import { changeDocument } from './change-document.ts';
import type { Documents } from './documents.ts';

/** A lease that was given back keeps its epoch, and has no owner. */
interface LeaseFields {
  readonly name: string;
  readonly owner: string | null;
  readonly epoch: number;
  readonly expiresAt: number;
}

/** Leases in Firestore: every process that shares the database excludes every other. */
export function firestoreLeases(documents: Documents, clock: Clock): Leases {
  const change = (name: string, make: (found: LeaseFields | undefined) => LeaseFields | undefined) =>
    changeDocument<LeaseFields>(documents, pathOf(name), make);

  async function changed(name: string, make: (found: LeaseFields | undefined) => Lease): Promise<Lease> {
    let lease: Lease | undefined;
    await change(name, (found) => (lease = make(found)));
    if (lease === undefined) throw new Error(`the lease of ${name} was not made`);
    return lease;
  }

  return {
    acquire: (name, owner, ttlSeconds) =>
      changed(name, (found) =>
        acquired(heldIn(found), found?.epoch ?? 0, { name, owner, ttlSeconds, now: clock.now() }),
      ),
    renew: (name, owner, epoch, ttlSeconds) =>
      changed(name, (found) => renewed(heldIn(found), { name, owner, epoch, ttlSeconds, now: clock.now() })),
    async release(name, owner, epoch) {
      await change(name, (found) =>
        found?.owner === owner && found.epoch === epoch ? { ...found, owner: null } : undefined,
      );
    },
    async read(name) {
      const [found] = await documents.get([pathOf(name)]);
      return heldIn(found?.fields as LeaseFields | undefined);
    },
  };
}

function heldIn(found: LeaseFields | undefined): Lease | undefined {
  if (found === undefined || found.owner === null) return undefined;
  const { name, owner, epoch, expiresAt } = found;
  return { name, owner, epoch, expiresAt };
}

const pathOf = (name: string): string => `leases/${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
