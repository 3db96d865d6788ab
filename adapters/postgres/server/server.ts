import { spawn, type ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { serverEnvironment } from './server-environment.ts';
import { giveTo, type ServerUser } from './server-user.ts';

/** Where a server keeps what. */
export interface ServerPlace {
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly data: string;
  /** Folder that `writeServerConfig` filled. */
  readonly config: string;
  /** A file; new lines are added. */
  readonly log: string;
  readonly port: number;
}

/**
 * Starts a server as a child of this process, in a session of its own: it outlives this process. It listens on
 * 127.0.0.1 and on no socket file, whose lock would outlive it. Resolves at once, long before it answers.
 */
export async function spawnServer({ binaries, user, data, config, log, port }: ServerPlace): Promise<ChildProcess> {
  const output = await open(log, 'a', 0o600);
  try {
    await giveTo(user, log);
    const fixed = {
      config_file: join(config, 'postgresql.conf'),
      hba_file: join(config, 'pg_hba.conf'),
      ident_file: join(config, 'pg_ident.conf'),
      port: String(port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
    };
    const args = ['-D', data, ...Object.entries(fixed).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
    const child = spawn(join(binaries.bin, 'postgres'), args, {
      ...user,
      cwd: data,
      detached: true,
      env: serverEnvironment(),
      stdio: ['ignore', output.fd, output.fd],
    });
    child.on('error', () => {}); // seen as a server that does not run
    child.unref();
    return child;
  } finally {
    await output.close();
  }
}
