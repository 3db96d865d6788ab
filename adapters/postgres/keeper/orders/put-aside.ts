import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { branchOf } from '../../server/pg-control.ts';
import { passableFolder } from '../../server/open-folder.ts';
import type { KeptSite } from '../kept-site.ts';
import type { Quarantine } from '../site-record.ts';
import { stopForCertain } from './fence-site.ts';

/** Whether the site has a data folder. */
export const hasData = ({ folders }: KeptSite): Promise<boolean> => isThere(folders.data);

/** Ends the server, and renames its data: nothing of it is ever deleted. Of a site without data: what was put aside last. */
export async function putAside(site: KeptSite): Promise<Quarantine | undefined> {
  const { folders } = site;
  if (await hasData(site)) {
    await stopForCertain(site);
    const { path } = await noted(site);
    await passableFolder(folders.quarantine);
    await rename(folders.data, path);
  }
  return site.read().quarantines.at(-1);
}

/** Noted before it is renamed: one that is noted and not there is data that is still in its place. */
async function noted(site: KeptSite): Promise<Quarantine> {
  const { quarantines, epoch } = site.read();
  const last = quarantines.at(-1);
  if (last !== undefined && !(await isThere(last.path))) return last;
  const control = await site.control();
  const at = Date.now();
  const name = `${new Date(at).toISOString().replaceAll(/[-:]/g, '')}-epoch-${epoch}`;
  const position = {
    branch: String(control === undefined ? 0 : branchOf(control)),
    offset: String(control?.checkpoint ?? 0),
  };
  const put = { path: join(site.folders.quarantine, name), position, at };
  await site.note({ quarantines: [...quarantines, put] });
  return put;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
