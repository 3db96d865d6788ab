import { describe, expect, it, onTestFinished } from 'vitest';
import { clusterFolder, testCluster } from '../../../test/support/postgres-cluster.ts';
import { keptSessions } from './kept-sessions.ts';
import type { Sql } from './sql-session.ts';

const pidOf = async (sql: Sql) => (await sql<{ pid: number }>('SELECT pg_backend_pid() AS pid'))[0]?.pid;

const server = async () => testCluster(await clusterFolder(), 'a');

describe('keptSessions', () => {
  it('asks the second time in the session of the first', async () => {
    const { address } = await server();
    const sessions = keptSessions();
    const pid = await sessions.ask(address, 2000, pidOf);

    expect(pid).toBeGreaterThan(0);
    expect(await sessions.ask(address, 2000, pidOf)).toBe(pid);
  });

  it('gives two that ask at a time a session each', async () => {
    const { address } = await server();
    const sessions = keptSessions();
    const pids = await Promise.all([sessions.ask(address, 2000, pidOf), sessions.ask(address, 2000, pidOf)]);

    expect(new Set(pids).size).toBe(2);
  });

  it('keeps no session in which something failed', async () => {
    const { address } = await server();
    const sessions = keptSessions();
    const pid = await sessions.ask(address, 2000, pidOf);
    const failed = sessions.ask(address, 2000, (sql) => sql('SELECT nothing'));

    await expect(failed).rejects.toMatchObject({ name: 'SqlFailure', code: '42703' });
    expect(await sessions.ask(address, 2000, pidOf)).not.toBe(pid);
  });

  it('asks in a new session when the kept one was ended, also unseen', async () => {
    const { address } = await server();
    const [sessions, others] = [keptSessions(), keptSessions()];
    const pid = await sessions.ask(address, 2000, pidOf);
    const asked = others.ask(address, 2000, (sql) => sql('SELECT pg_terminate_backend($1)', [pid]));

    expect(await sessions.ask(address, 2000, async (sql) => (await asked, pidOf(sql)))).not.toBe(pid);
  });

  it('asks a server that was started again', async () => {
    const { address, end, start } = await server();
    const sessions = keptSessions();
    await sessions.ask(address, 2000, pidOf);
    await end('SIGINT');
    await start();

    expect(await sessions.ask(address, 2000, pidOf)).toBeGreaterThan(0);
  });

  it('takes no longer than it is given in a session that hangs', async () => {
    const { address } = await server();
    const sessions = keptSessions();
    const pid = (await sessions.ask(address, 2000, pidOf)) ?? 0;
    process.kill(pid, 'SIGSTOP');
    onTestFinished(() => void process.kill(pid, 'SIGKILL'));

    await expect(sessions.ask(address, 200, pidOf)).rejects.toThrow('no answer within');
  });

  it('has a session open for who asks next, and none that was dropped', async () => {
    const { address } = await server();
    const [sessions, others] = [keptSessions(), keptSessions()];
    const count = () =>
      others.ask(address, 2000, async (sql) => {
        const [found] = await sql<{ count: number }>(
          `SELECT count(*)::int AS count FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
        );
        return found?.count;
      });
    sessions.warm(address);
    await expect.poll(count).toBe(1);

    const left = async () => {
      sessions.drop(address); // again: it may have been in use just now
      return count();
    };
    await expect.poll(left).toBe(0);
  });
});
