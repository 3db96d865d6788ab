import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { connect, type Login } from './sql.ts';

/** A row that was acknowledged. */
export interface Ack {
  readonly key: number;
  /** Milliseconds since 1970, to the microsecond. */
  readonly at: number;
}

/** A client of the shop: one order after the other through the group's address, and it remembers what it was promised. */
export interface Writer {
  readonly acks: readonly Ack[];
  /** Keys whose commit was in flight when the session ended: they may be there or not. */
  readonly unknown: ReadonlySet<number>;
  /** Resolves when nothing is in flight any more. */
  pause(): Promise<void>;
  resume(): void;
  stop(): Promise<void>;
}

const betweenRowsMs = 5;
const insert = { name: 'insert', text: 'INSERT INTO orders (id, note) VALUES ($1, $2)' };

export function startWriter(login: Login): Writer {
  const acks: Ack[] = [];
  const unknown = new Set<number>();
  let key = 0;
  let wanted: 'write' | 'pause' | 'stop' = 'write';
  let round: Promise<void> = Promise.resolve();
  const loop = work();

  async function work(): Promise<void> {
    let client: Client | undefined;
    while (wanted !== 'stop') {
      if (wanted === 'write') {
        round = write().catch(() => {});
        await round;
      }
      await sleep(betweenRowsMs);
    }
    await client?.end().catch(() => {});

    async function write(): Promise<void> {
      client ??= await connect(login, 'writer');
      const own = (key += 1);
      try {
        await client.query({ ...insert, values: [own, `order ${own}`] });
        acks.push({ key: own, at: performance.timeOrigin + performance.now() });
      } catch (thrown) {
        if (!isRefusal(thrown)) unknown.add(own);
        void client.end().catch(() => {});
        client = undefined;
      }
    }
  }

  return {
    acks,
    unknown,
    async pause() {
      wanted = 'pause';
      await round;
    },
    resume() {
      wanted = 'write';
    },
    async stop() {
      wanted = 'stop';
      await loop;
    },
  };
}

/** The server said that it did not take the row: it is read-only, or a replica. (SQLSTATE class 25) */
const isRefusal = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && thrown.code.startsWith('25');

/** Milliseconds of the longest silence that began before `to` and ended after `from`, both since 1970. */
export function longestGapMs(acks: readonly Ack[], from: number, to: number): number {
  let longest = 0;
  for (let i = 1; i < acks.length; i += 1) {
    const [before, after] = [acks[i - 1]?.at ?? 0, acks[i]?.at ?? 0];
    if (before <= to && after >= from) longest = Math.max(longest, after - before);
  }
  return longest;
}
