import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { readPgControl } from '../../adapters/postgres/server/pg-control.ts';
import type { Node } from './pair.ts';

/** Milliseconds that each step of a switchover took. */
export interface BareSteps {
  readonly freezeMs: number;
  readonly catchUpMs: number;
  readonly stopMs: number;
  readonly checkMs: number;
  readonly promoteMs: number;
}

/**
 * The bare sequence, with everything connected beforehand and nothing checked twice: freeze, end the writers' sessions, wait
 * for the standby, stop, compare, promote. The old primary is stopped when this resolves.
 * @param wakes does not leave a summarizer asleep that the promotion waits for
 */
export async function switchOver(from: Node, to: Node, wakes = false): Promise<BareSteps> {
  const [old, next] = [await connected(from), await connected(to)];
  try {
    const { summarizer } = await one<{ summarizer: number | null }>(next, summarizerQuery);
    const lap = stopwatch();
    await from.configure({ frozen: true, follows: undefined });
    await old.query('SELECT pg_reload_conf()');
    await old.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'writer'`);
    const flushed = await one<{ lsn: string }>(old, 'SELECT pg_current_wal_flush_lsn()::text AS lsn');
    const freezeMs = lap();
    await until(next, 'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS is', [flushed.lsn]);
    const catchUpMs = lap();
    from.server.signal('SIGINT');
    if (!(await from.server.ended(20_000))) throw new Error(`${from.name} does not end`);
    const stopMs = lap();
    const control = await readPgControl(from.data);
    if (control?.state !== 'shut down') throw new Error(`${from.name} ended as ${control?.state}`);
    await until(next, `SELECT pg_last_wal_receive_lsn() > '0/0'::pg_lsn + $1::numeric AS is`, [
      String(control.checkpoint),
    ]);
    const checkMs = lap();
    // One that is told to read its settings looks again.
    const waking = !wakes || summarizer === null ? undefined : setInterval(() => process.kill(summarizer, 'SIGHUP'), 2);
    const { is } = await one<{ is: boolean }>(next, 'SELECT pg_promote(true, 60) AS is').finally(() =>
      clearInterval(waking),
    );
    if (!is) throw new Error(`${to.name} was not promoted`);
    return { freezeMs, catchUpMs, stopMs, checkMs, promoteMs: lap() };
  } finally {
    await Promise.allSettled([old.end(), next.end()]);
  }
}

const summarizerQuery = `SELECT (SELECT pid FROM pg_stat_activity WHERE backend_type = 'walsummarizer') AS summarizer`;

async function connected({ address }: Node): Promise<Client> {
  const client = new Client({ host: '127.0.0.1', ...address });
  client.on('error', () => {}); // a server that ends ends its sessions
  await client.connect();
  return client;
}

async function one<T extends object>(client: Client, text: string): Promise<T> {
  const [row] = (await client.query<T>(text)).rows;
  if (row === undefined) throw new Error(`no row: ${text}`);
  return row;
}

async function until(client: Client, text: string, values: readonly string[]): Promise<void> {
  for (const deadline = Date.now() + 20_000; ; await pause(2)) {
    const { rows } = await client.query<{ is: boolean | null }>(text, [...values]);
    if (rows[0]?.is === true) return;
    if (Date.now() > deadline) throw new Error(`not within 20 s: ${text} ${values.join(', ')}`);
  }
}

function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const took = now - last;
    last = now;
    return Math.round(took * 10) / 10;
  };
}
