import type { Clock } from '../../../functions/ports/clock.ts';
import { acquired, renewed } from '../../../functions/ports/lease-rules.ts';
import type { Lease, Leases } from '../../../functions/ports/leases.ts';
import { atOnce, type ControlDatabase } from './control-database.ts';

/** Leases in `control.db`; they outlive the process, and processes that share the file exclude one another. */
export function sqliteLeases({ sqlite }: ControlDatabase, clock: Clock): Leases {
  const find = sqlite.prepare('SELECT owner, epoch, expires_at FROM leases WHERE name = ?');
  const save = sqlite.prepare(
    `INSERT INTO leases (name, owner, epoch, expires_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, epoch = excluded.epoch, expires_at = excluded.expires_at`,
  );
  const free = sqlite.prepare('UPDATE leases SET owner = NULL WHERE name = ? AND owner = ? AND epoch = ?');

  const read = (name: string): { readonly held: Lease | undefined; readonly newestEpoch: number } => {
    const row = find.get(name);
    const [owner, epoch, expiresAt] = [row?.['owner'], Number(row?.['epoch'] ?? 0), Number(row?.['expires_at'] ?? 0)];
    return { held: typeof owner === 'string' ? { name, owner, epoch, expiresAt } : undefined, newestEpoch: epoch };
  };
  const write = (lease: Lease): Lease => {
    save.run(lease.name, lease.owner, lease.epoch, lease.expiresAt);
    return lease;
  };

  return {
    acquire: async (name, owner, ttlSeconds) =>
      atOnce(sqlite, () => {
        const { held, newestEpoch } = read(name);
        return write(acquired(held, newestEpoch, { name, owner, ttlSeconds, now: clock.now() }));
      }),
    renew: async (name, owner, epoch, ttlSeconds) =>
      atOnce(sqlite, () => write(renewed(read(name).held, { name, owner, epoch, ttlSeconds, now: clock.now() }))),
    release: async (name, owner, epoch) => void free.run(name, owner, epoch),
    read: async (name) => read(name).held,
  };
}
