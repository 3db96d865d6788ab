import { readFile } from 'node:fs/promises';
import { ask, type Login } from './sql.ts';

/** Stops what sends changes to the standby, without ending it: a line that has gone dead. Gives its pid. */
export async function holdReplication(primary: Login): Promise<number> {
  const pid = await processOf(primary, `SELECT pid FROM pg_stat_replication`);
  process.kill(pid, 'SIGSTOP');
  return pid;
}

/** Ends a server as a power cut does: its first process, the parent of every other. Gives its pid. */
export async function cutPower(server: Login): Promise<number> {
  const child = await processOf(server, `SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'`);
  const stat = await readFile(`/proc/${child}/stat`, 'utf8'); // `12 (a name) S 1 …` (proc_pid_stat(5))
  const pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  process.kill(pid, 'SIGKILL');
  return pid;
}

async function processOf(server: Login, query: string): Promise<number> {
  const [found] = await ask<{ pid: number }>(server, query);
  if (found === undefined) throw new Error(`the server at port ${server.port} has no such process: ${query}`);
  return found.pid;
}
