import { setTimeout as pause } from 'node:timers/promises';
import { processesIn } from '../../server/kept-server.ts';
import { serverAnswer } from '../../sql/server-answer.ts';
import { sqlSession } from '../../sql/sql-session.ts';
import type { KeptSite } from '../kept-site.ts';

/** What a fence saw. */
interface Fenced {
  readonly confirmed: boolean;
  readonly evidence: string;
}

export const fenceSite = (site: KeptSite, level: 'stop' | 'isolate'): Promise<Fenced> =>
  level === 'stop' ? stopForCertain(site) : isolateSite(site);

/** Asks, then insists, then ends it: fast, immediate, SIGKILL. Nothing that hangs can stay. */
export async function stopForCertain(site: KeptSite): Promise<Fenced> {
  const { server, folders } = site;
  await site.note({ wanted: 'stopped' });
  const pid = server.pid();
  let how = 'nothing ran';
  if (pid !== undefined) {
    how = `postmaster ${pid} ended by a fast shutdown`;
    server.signal('SIGINT');
    if (!(await server.ended(1200))) {
      how = `postmaster ${pid} ended by an immediate shutdown, after a fast one did not end it`;
      server.signal('SIGQUIT');
      await server.ended(500);
    }
  }
  const left = processesIn(folders.data);
  if (left.length > 0) {
    how = `${left.length} processes (postmaster ${pid ?? 'gone before'}) ended by SIGKILL`;
    await server.kill();
  }
  return { confirmed: true, evidence: `${how}; no process works in ${folders.data}` };
}

/** The server lives, and takes sessions from nobody: not from this machine, not from standbys, not from its keeper. */
async function isolateSite(site: KeptSite): Promise<Fenced> {
  const { server } = site;
  if (server.pid() === undefined) return { confirmed: true, evidence: 'nothing runs there' };
  await site.note({ isolated: true });
  try {
    // The session is opened while there are sessions, and outlives the change that forbids new ones.
    await sqlSession(await site.address(), 3000, async (sql) => {
      await site.configure();
      for (let left = 100; left > 0; left -= 1) {
        const others = await sql(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE backend_type IN ('client backend', 'walsender') AND pid <> pg_backend_pid()`,
        );
        if (others.length === 0 && (await serverAnswer(await site.address(), 500)) === 'closed') return;
        await pause(10);
      }
    });
  } catch {
    await site.configure(); // it was closed before, or hangs: what it answers now tells
  }
  const answer = await site.answer(500);
  return answer === 'closed'
    ? { confirmed: true, evidence: 'the server ended all sessions and refuses new ones' }
    : { confirmed: false, evidence: `asked to refuse every session, the server is ${answer}` };
}
