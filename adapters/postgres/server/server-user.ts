import { chown, lstat, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StepFailure } from '../../../functions/step-failure.ts';

/** Whom PostgreSQL runs as: it refuses to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user that servers run as; undefined when they run as this process does, which is so unless it is root.
 * @param name a name of /etc/passwd; default `nobody`
 * @throws StepFailure `Pointsman.StoreUnusable` for a name that /etc/passwd does not have
 */
export async function serverUser(name = 'nobody'): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const entries = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const [, , uid, gid] = entries.find(([user]) => user === name) ?? [];
  if (uid !== undefined && gid !== undefined && Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  const found = uid === undefined ? 'is not in /etc/passwd' : 'is root';
  throw new StepFailure('Pointsman.StoreUnusable', `PostgreSQL cannot run as ${name}, who ${found}: name another user`);
}

/** Makes everything below `path` the user's. Nothing to do without a user. */
export async function giveTo(user: ServerUser | undefined, path: string): Promise<void> {
  if (user === undefined) return;
  await chown(path, user.uid, user.gid);
  if (!(await lstat(path)).isDirectory()) return;
  const entries = await readdir(path, { withFileTypes: true });
  for (const entry of entries) {
    if (entry.isSymbolicLink()) continue; // what it leads to is somebody else's
    if (entry.isDirectory()) await giveTo(user, join(path, entry.name));
    else await chown(join(path, entry.name), user.uid, user.gid);
  }
}

/** The first folder on the way to `path` that the user cannot pass; undefined when it can get there. */
export async function closedFolder(user: ServerUser | undefined, path: string): Promise<string | undefined> {
  if (user === undefined) return undefined;
  for (const folder of [...ancestors(path), path]) {
    const { uid, gid, mode } = await stat(folder);
    const passes = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & passes) === 0) return folder;
  }
  return undefined;
}

function ancestors(path: string): readonly string[] {
  const above = dirname(path);
  return above === path ? [] : [...ancestors(above), above];
}
