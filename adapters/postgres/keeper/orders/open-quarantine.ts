import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../../shared/free-port.ts';
import { disinherit } from '../../server/disinherit.ts';
import { keptServer, type KeptServer } from '../../server/kept-server.ts';
import { passableFolder } from '../../server/open-folder.ts';
import { branchOf, readPgControl } from '../../server/pg-control.ts';
import { writeServerConfig } from '../../server/server-config.ts';
import { awaitAnswer } from '../../sql/await-answer.ts';
import { unreachable, type KeptSite } from '../kept-site.ts';
import type { Quarantine } from '../site-record.ts';
import { siteSettings } from '../site-settings.ts';
import { putAside } from './put-aside.ts';

/** A running copy of data that was put aside. */
interface OpenQuarantine {
  readonly port: number;
  /** The folder it is a copy of. */
  readonly quarantine: string;
  /** End of what the old primary had, in decimal. */
  readonly end: string;
}

/**
 * Starts a copy of the data that the site had on `branch`, read-only, on a port that nobody knows, archiving nothing. Data
 * that is still in its place is put aside first: nobody shall start it by accident.
 */
export async function openQuarantine(site: KeptSite, branch: string): Promise<OpenQuarantine> {
  const found = await quarantineOf(site, branch);
  const copy = copyPlace(site);
  await closeQuarantine(site);
  await passableFolder(copy.folder);
  await promisify(execFile)('cp', ['-a', '--reflink=auto', found.path, copy.data]);
  await disinherit(copy.data, site.setup.user);
  const settings = {
    ...siteSettings(site.setup, { ...site.read(), frozen: true, synchronous: [], detached: true }, site.folders),
    archive_mode: 'off',
    autovacuum: 'off',
    checkpoint_timeout: '1d',
    fsync: 'off',
  };
  await writeServerConfig(copy.config, site.setup.user, settings);
  const port = await freePort(new Set([site.setup.port]));
  const server = serverOf(site, port);
  await server.start();
  const opens = await awaitAnswer(await site.address(port), 60_000, () => server.pid() === undefined);
  // What a crashed server had is replayed now, and the checkpoint behind it begins where that ended.
  const end = (await readPgControl(copy.data))?.checkpoint;
  if (opens && end !== undefined) return { port, quarantine: found.path, end: String(end) };
  throw unreachable(site, `has data of branch ${branch} in ${found.path} that does not open: see ${copy.log}`);
}

/** Ends and deletes the copy. Safe to repeat. */
export async function closeQuarantine(site: KeptSite): Promise<void> {
  await serverOf(site, 0).kill();
  await rm(copyPlace(site).folder, { recursive: true, force: true });
}

async function quarantineOf(site: KeptSite, branch: string): Promise<Quarantine> {
  const known = () => site.read().quarantines.findLast(({ position }) => position.branch === branch);
  const found = known();
  if (found !== undefined) return found;
  const control = await site.control();
  const isThere = control !== undefined && String(branchOf(control)) === branch && site.read().role.kind === 'primary';
  if (isThere && site.server.pid() !== undefined) throw unreachable(site, 'still runs: fence it first');
  if (isThere) await putAside(site);
  const put = known();
  if (put !== undefined) return put;
  throw unreachable(site, `has no data of branch ${branch}, neither in its place nor put aside`);
}

const copyPlace = ({ folders }: KeptSite) => {
  const folder = join(folders.site, 'ledger');
  return { folder, data: join(folder, 'data'), config: join(folder, 'config'), log: join(folder, 'postgres.log') };
};

function serverOf(site: KeptSite, port: number): KeptServer {
  const { bin, major, user } = site.setup;
  return keptServer({ binaries: { bin, major }, user, ...copyPlace(site), port });
}
