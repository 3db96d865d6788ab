import { chmod, mkdir, stat } from 'node:fs/promises';
import type { Logger } from 'pino';

const onlyOwner = 0o700;
/** Servers of protected groups may run as another user, whose group may pass through and not list. */
const passing = 0o010;

/**
 * Makes the data folder unless it is there, for this user only: it holds the releases with their settings and everything
 * that executions were given. One that was wider is closed, when it is this user's; a warning says so either way.
 */
export async function ownDataFolder(folder: string, log: Pick<Logger, 'warn'>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: onlyOwner });
  const { mode, uid } = await stat(folder);
  const found = mode & 0o777;
  if ((found & ~(onlyOwner | passing)) === 0) return;
  const isOurs = uid === process.getuid?.();
  if (isOurs) await chmod(folder, onlyOwner);
  const now = isOurs ? 'it is closed to them now' : 'it is not ours to close';
  log.warn({ folder, mode: found.toString(8) }, `other users could read the data folder; ${now}`);
}
