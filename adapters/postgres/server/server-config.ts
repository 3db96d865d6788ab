import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../shared/write-whole.ts';
import { giveTo, type ServerUser } from './server-user.ts';

/** Settings by name, as postgresql.conf has them. */
export type Settings = Readonly<Record<string, string>>;

/** Lines of pg_hba.conf: people and replication from this machine, with a password. */
export const hbaOfPeople = [
  'host all all 127.0.0.1/32 scram-sha-256',
  'host replication all 127.0.0.1/32 scram-sha-256',
];

/** Nobody at all. */
export const hbaOfNobody = ['host all all all reject', 'host replication all all reject'];

/**
 * Writes a server's configuration into a folder of its own, outside of its data: a copy of the data then says nothing of
 * where it came from, and a server that is frozen or points at another never hands that on to its copies.
 */
export async function writeServerConfig(
  folder: string,
  user: ServerUser | undefined,
  settings: Settings,
  hba: readonly string[] = hbaOfPeople,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = Object.entries(settings).map(([name, value]) => `${name} = ${quoted(value)}\n`);
  await Promise.all([
    writeWhole(join(folder, 'postgresql.conf'), text.join(''), false),
    writeWhole(join(folder, 'pg_hba.conf'), `${hba.join('\n')}\n`, false),
    writeFile(join(folder, 'pg_ident.conf'), '', { mode: 0o600 }),
  ]);
  await giveTo(user, folder);
}

const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;
