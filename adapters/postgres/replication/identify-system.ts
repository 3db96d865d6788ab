import { readLsn } from './lsn.ts';
import type { ReplicationConnection } from './replication-connection.ts';

export interface SystemIdentity {
  /** Decimal, past 2^53: the same on all servers that replicate one another. */
  readonly systemIdentifier: string;
  readonly timeline: number;
  /** End of what it flushed. */
  readonly flushed: bigint;
}

/** (PostgreSQL 18, 54.4, IDENTIFY_SYSTEM) */
export async function identifySystem(connection: ReplicationConnection): Promise<SystemIdentity> {
  const [systemIdentifier, timeline, flushed] = (await connection.run('IDENTIFY_SYSTEM'))[0]?.[0] ?? [];
  if (systemIdentifier == null || timeline == null || flushed == null) throw new Error('IDENTIFY_SYSTEM told nothing');
  return { systemIdentifier, timeline: Number(timeline), flushed: readLsn(flushed) };
}

/** The history file of a timeline above 1, as the server has it. (PostgreSQL 18, 54.4, TIMELINE_HISTORY) */
export async function timelineHistory(connection: ReplicationConnection, timeline: number): Promise<string> {
  return (await connection.run(`TIMELINE_HISTORY ${timeline}`))[0]?.[0]?.[1] ?? '';
}

/** Keeps the log from now on until the slot is dropped; one that is there already stays as it is. */
export async function ensureSlot(connection: ReplicationConnection, name: string): Promise<void> {
  try {
    await connection.run(`CREATE_REPLICATION_SLOT "${name}" PHYSICAL (RESERVE_WAL true)`);
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code !== '42710') throw thrown; // duplicate_object
  }
}

/** Safe to repeat. */
export async function dropSlot(connection: ReplicationConnection, name: string): Promise<void> {
  try {
    await connection.run(`DROP_REPLICATION_SLOT "${name}" WAIT`);
  } catch (thrown) {
    if ((thrown as { readonly code?: unknown }).code !== '42704') throw thrown; // undefined_object
  }
}
