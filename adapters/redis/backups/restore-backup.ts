import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Restored, RestoreOrder } from '../../../functions/ports/recovery/backup-engine.ts';
import type { Contents } from '../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { layLog } from '../server/append-only-file.ts';
import { endIsolated, findIsolated, startIsolated } from '../server/isolated-server.ts';
import { readContents } from '../store/read-contents.ts';
import { encodeCommand } from '../wire/resp.ts';
import { planReplay, type ArchivedCommit } from './history.ts';
import { backupIn, RDB, type SiteVault } from './site-vault.ts';

/** Restored stores, a folder and a server each. */
export interface ScratchServers {
  restore(order: RestoreOrder, vault: SiteVault): Promise<Restored>;
  inspect(scratch: string): Promise<Contents>;
  destroy(scratch: string): Promise<void>;
}

export function scratchServers(folder: string, program: string | undefined): ScratchServers {
  const place = (scratch: string) => join(folder, `restored-${scratch}`);
  const result = (scratch: string) => join(place(scratch), 'restored.json');
  return {
    async restore(order, vault) {
      const { scratch } = order;
      const done = await readFile(result(scratch), 'utf8').catch(() => undefined);
      if (done !== undefined) return JSON.parse(done) as Restored;
      await backupIn(vault, order.backup);
      const { backup, read } = await vault.backups.open(order.backup);
      // All is opened before anything is started: what is damaged never becomes a store that looks well.
      const { commits, branch, offset } = await planReplay(vault.log, backup, order.branch, order.target);
      await endIsolated(place(scratch));
      const server = await startIsolated(place(scratch), program, (data) =>
        layLog(data, (path) => pipeline(read(RDB), createWriteStream(path, { mode: 0o600 })), replayed(commits)),
      );
      // A change whose second the log does not say was made behind the backup all the same.
      const newest = Math.max(backup.takenAt, ...commits.slice(-1).map(({ at }) => at));
      const restored: Restored = {
        scratch,
        position: { branch, offset: String(offset) },
        lastChangeAt: commits.length > 0 ? newest : undefined,
        address: `127.0.0.1:${server.port} as pointsman, whose password is in ${place(scratch)}/place.json`,
      };
      await writeWhole(result(scratch), JSON.stringify(restored), true);
      return restored;
    },

    async inspect(scratch) {
      const done = await readFile(result(scratch), 'utf8').catch(() => undefined);
      const server = done === undefined ? undefined : await findIsolated(place(scratch), program);
      if (server === undefined) throw new StepFailure('Pointsman.NoSuchScratch', `nothing is restored as ${scratch}`);
      return server.use(3_600_000, readContents);
    },

    destroy: (scratch) => endIsolated(place(scratch)),
  };
}

/** A file of changes as Redis loads it. */
function replayed(commits: readonly ArchivedCommit[]): readonly Buffer[] {
  let database: number | undefined;
  return commits.flatMap((commit) => {
    const select = commit.database === database ? [] : [encodeCommand(['SELECT', commit.database])];
    ({ database } = commit);
    return [...select, commit.bytes];
  });
}
