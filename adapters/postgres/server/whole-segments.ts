import { copyFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { giveTo, type ServerUser } from './server-user.ts';

/**
 * Puts the last file of a line of history back under its own name, beside the `.partial` that a promotion made of it. Since 17
 * a server that starts summarizes the log again from its oldest line of history on; where that file is missing it is stuck
 * for ever, and the next promotion waits a minute for it, and fails. (walsummarizer.c, GetOldestUnsummarizedLSN;
 * xlog.c, CleanupAfterArchiveRecovery) The file counts as archived: the archive gets what the promotion made of it. Only
 * for a server that does not run. Safe to repeat.
 */
export async function makeSegmentsWhole(data: string, user: ServerUser | undefined): Promise<void> {
  const log = join(data, 'pg_wal');
  const names = new Set(await readdir(log).catch(() => []));
  for (const partial of names) {
    const segment = /^([0-9A-F]{24})\.partial$/.exec(partial)?.[1];
    if (segment === undefined || names.has(segment)) continue;
    const done = join(log, 'archive_status', `${segment}.done`);
    await writeFile(done, '', { mode: 0o600 });
    await giveTo(user, done);
    // A copy: the server writes into files of the log that it needs no more. It removes what is left of a draft.
    const draft = join(log, `xlogtemp.${segment}`);
    await copyFile(join(log, partial), draft);
    await giveTo(user, draft);
    await rename(draft, join(log, segment));
  }
}
