import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StepFailure } from '../../../functions/step-failure.ts';
import { closedFolder, type ServerUser } from './server-user.ts';

/**
 * Makes the adapter's folder, and lets the user that servers run as pass through it and through the folder it is in:
 * pass, not list, by the user's group. Folders further up are not touched.
 * @throws StepFailure `Pointsman.StoreUnusable` naming the folder that keeps the user out
 */
export async function openFolder(folder: string, user: ServerUser | undefined): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (user === undefined) return;
  for (const each of [dirname(folder), folder]) {
    const { mode } = await stat(each);
    const others = (mode & 0o001) !== 0;
    if (others || (await closedFolder(user, each)) !== each) continue;
    await chown(each, 0, user.gid);
    await chmod(each, (mode & 0o777) | 0o010);
  }
  const closed = await closedFolder(user, folder);
  if (closed === undefined) return;
  throw new StepFailure(
    'Pointsman.StoreUnusable',
    `PostgreSQL runs as uid ${user.uid}, who cannot pass ${closed} on the way to ${folder}: open it with chmod o+x, or keep the data elsewhere`,
  );
}

/** A folder that others may pass and not list: what is in it guards itself. Whatever the umask is. */
export async function passableFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o711);
}
