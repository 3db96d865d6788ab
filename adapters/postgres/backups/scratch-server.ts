import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../shared/free-port.ts';
import { isRunning, processIdentity, type ProcessIdentity } from '../../shared/process-identity.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { readLsn } from '../replication/lsn.ts';
import { disinherit } from '../server/disinherit.ts';
import type { Binaries } from '../server/binaries.ts';
import { type Settings, writeServerConfig } from '../server/server-config.ts';
import { giveTo, type ServerUser } from '../server/server-user.ts';
import { spawnServer } from '../server/server.ts';
import { shellQuoted } from '../spool/shell-quoted.ts';
import { SqlFailure, type SqlAddress, sqlSession } from '../sql/sql-session.ts';
import { unusable } from '../../shared/vault/unusable.ts';

export interface ScratchPlace {
  readonly folder: string;
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
}

/** Where replay ended, and the newest change in it. */
export interface Recovered {
  readonly port: number;
  readonly lsn: bigint;
  /** Milliseconds since 1970. */
  readonly lastChangeAt: number | undefined;
}

/** Replay of years is not for a restore; a server that hangs must not hang a run. */
const RECOVERY_MS = 6 * 3_600_000;

/**
 * Starts a server on laid out data, lets it replay to its target, and resolves when it has left recovery: a server answers
 * long before, at an older state, and may then fail to reach its target. It archives nothing, follows nobody, listens on loopback.
 * @throws StepFailure `Pointsman.BackupUnusable` with the server's own words when it ends before
 */
export async function recover(
  { folder, binaries, user }: ScratchPlace,
  settings: Settings,
  login: Omit<SqlAddress, 'port'>,
): Promise<Recovered> {
  const [data, config] = [join(folder, 'data'), join(folder, 'config')];
  const log = shellQuoted(join(folder, 'wal'));
  await disinherit(data, user);
  await writeFile(join(data, 'recovery.signal'), '', { mode: 0o600 });
  await writeServerConfig(config, user, {
    restore_command: `test -f ${log}/"%f" && cp ${log}/"%f" "%p"`,
    wal_level: 'replica',
    hot_standby: 'on',
    archive_mode: 'off',
    autovacuum: 'off', // what was restored stays as it was
    default_transaction_read_only: 'on',
    log_line_prefix: '%m [%p] ',
    ...settings,
  });
  for (const each of [data, join(folder, 'wal')]) await giveTo(user, each);
  await rm(join(folder, 'server.log'), { force: true });
  const port = await freePort(new Set());
  const server = await spawnServer({ binaries, user, data, config, log: join(folder, 'server.log'), port });
  const identity = server.pid === undefined ? undefined : processIdentity(server.pid);
  if (identity !== undefined)
    await writeWhole(join(folder, 'process.json'), JSON.stringify({ ...identity, port }), false);
  const ended = () => server.exitCode !== null || server.signalCode !== null;
  const found = await outOfRecovery({ ...login, port }, ended);
  if (found === undefined)
    throw unusable(`the restored server ended before its target: ${await lastWords(join(folder, 'server.log'))}`);
  return { port, ...found };
}

async function outOfRecovery(address: SqlAddress, ended: () => boolean): Promise<Omit<Recovered, 'port'> | undefined> {
  for (const deadline = Date.now() + RECOVERY_MS; Date.now() < deadline && !ended(); await pause(20))
    try {
      // One session asks until it is over: each login costs both sides thousands of hashes.
      return await sqlSession(address, deadline - Date.now(), async (sql) => {
        for (;;) {
          const [seen] = await sql<Replay>(replay);
          if (seen?.recovering === false && seen.lsn !== null)
            return { lsn: readLsn(seen.lsn), lastChangeAt: seen.ms === null ? undefined : Number(seen.ms) };
          await pause(10);
        }
      });
    } catch (thrown) {
      const wrongPassword = thrown instanceof SqlFailure && thrown.code === '28P01';
      if (wrongPassword) throw thrown;
    }
  return undefined;
}

interface Replay {
  readonly recovering: boolean;
  readonly lsn: string | null;
  readonly ms: string | null;
}

const replay = `
  SELECT pg_is_in_recovery() AS recovering, pg_last_wal_replay_lsn()::text AS lsn,
         floor(extract(epoch FROM pg_last_xact_replay_timestamp()) * 1000)::text AS ms`;

async function lastWords(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n');
  return lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? 'it wrote nothing';
}

/** Ends the server of a scratch place, also one that an earlier process of ours started. Safe to repeat. */
export async function endScratch(folder: string): Promise<void> {
  const identity = await runningScratch(folder);
  if (identity === undefined) return;
  send(identity.pid, 'SIGQUIT'); // at once: nothing of it is needed
  for (let waited = 0; waited < 10_000 && isRunning(identity); waited += 20) await pause(20);
  if (isRunning(identity)) send(identity.pid, 'SIGKILL');
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // gone meanwhile
  }
}

/** The process and port of a scratch place's server; undefined when it does not run. */
export async function runningScratch(
  folder: string,
): Promise<(ProcessIdentity & { readonly port: number }) | undefined> {
  const text = await readFile(join(folder, 'process.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const found = JSON.parse(text) as ProcessIdentity & { readonly port: number };
  return isRunning(found) ? found : undefined;
}
