import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { Node } from './pair.ts';

/**
 * Writes one row after the other to whichever of the servers takes it, as a client that knows both addresses, and remembers
 * when each was acknowledged.
 */
export function bareWriter(nodes: readonly Node[]) {
  const acks: number[] = [];
  let stopping = false;
  let key = Date.now() * 1000;

  async function write(): Promise<void> {
    let at = 0;
    while (!stopping) {
      const node = nodes[at % nodes.length];
      if (node === undefined) return;
      const client = new Client({ host: '127.0.0.1', ...node.address, application_name: 'writer' });
      client.on('error', () => {}); // told by the query too
      try {
        await client.connect();
        while (!stopping) {
          await client.query('INSERT INTO written VALUES ($1, $2)', [(key += 1), 'a row']);
          acks.push(performance.now());
          await pause(5);
        }
      } catch {
        at += 1; // refused, read-only or ended: the other one
        await pause(5);
      } finally {
        void client.end().catch(() => {});
      }
    }
  }
  const written = write();
  return {
    acks: acks as readonly number[],
    async stop() {
      stopping = true;
      await written;
    },
  };
}

/** The longest time between two acknowledged rows, milliseconds. */
export const longestGapMs = (acks: readonly number[]): number =>
  Math.round(acks.reduce((gap, at, i) => Math.max(gap, at - (acks[i - 1] ?? at)), 0) * 10) / 10;
