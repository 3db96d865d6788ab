import type { Position } from '../../../functions/ports/recovery/position.ts';
import type { Contents } from '../../../functions/ports/recovery/replicated-store.ts';

/**
 * What only a session with the database itself can tell: the API of RDS shows neither positions nor rows. Given by whoever
 * wires a group; without it, what needs it is refused as `Pointsman.NotOffered`. `address` is `host:port`.
 */
export interface DataAccess {
  /** Where a primary's acknowledged changes end, or up to where a standby shows them, in the engine's own stream. */
  end(address: string): Promise<{ readonly position: Position; readonly lastChangeAt: number | undefined }>;
  /** Writes, reads and deletes one row that bears the epoch; rejects when that does not work. */
  probe(address: string, epoch: number): Promise<void>;
  contents(address: string): Promise<Contents>;
}
