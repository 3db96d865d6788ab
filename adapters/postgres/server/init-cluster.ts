import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { serverEnvironment } from './server-environment.ts';
import { giveTo, type ServerUser } from './server-user.ts';

interface ClusterOptions {
  readonly superuser: string;
  readonly password: string;
  /** Size of a WAL file in MB, a power of two from 1 to 1024. */
  readonly segmentMb: number;
}

/**
 * Makes a new, empty cluster in `data`, which must not be there or be empty: page checksums on, UTF-8, names compared by
 * byte, passwords by SCRAM. Its own configuration files stay as they are; servers are started with others.
 */
export async function initCluster(
  { bin }: Binaries,
  user: ServerUser | undefined,
  data: string,
  { superuser, password, segmentMb }: ClusterOptions,
): Promise<void> {
  await mkdir(data, { recursive: true, mode: 0o700 });
  await giveTo(user, data);
  const passwordFile = join(dirname(data), '.new-password');
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await giveTo(user, passwordFile);
    const args =
      `--auth scram-sha-256 --data-checksums --encoding UTF8 --locale C --wal-segsize ${segmentMb} --no-instructions`
        .split(' ')
        .concat('--pgdata', data, '--username', superuser, '--pwfile', passwordFile);
    await promisify(execFile)(join(bin, 'initdb'), args, { ...user, cwd: dirname(data), env: serverEnvironment() });
  } finally {
    await rm(passwordFile, { force: true });
  }
}
