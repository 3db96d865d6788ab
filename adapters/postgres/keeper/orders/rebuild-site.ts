import { rename, rm } from 'node:fs/promises';
import type { SiteName } from '../../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import { backUpIntoFolder } from '../../replication/back-up-into-folder.ts';
import { disinherit } from '../../server/disinherit.ts';
import { giveTo } from '../../server/server-user.ts';
import type { KeptSite } from '../kept-site.ts';
import { askLeader, becomeStandby, isStreaming } from './follow-leader.ts';
import { hasData, putAside } from './put-aside.ts';

/**
 * Puts the site's data aside and fills it anew from the leader: with what changed since `prior`, a folder that holds a
 * backup, or with everything. Nothing of the old data is read.
 */
export async function rebuildSite(
  site: KeptSite,
  epoch: number,
  leader: SiteName,
  prior: string | undefined,
): Promise<{ readonly quarantine: string | undefined }> {
  const { role, rebuilt } = site.read();
  const quarantine = () => ({ quarantine: site.read().quarantines.at(-1)?.path });
  if (role.kind === 'standby' && role.leader === leader && (await isStreaming(site))) return quarantine();
  await assertPrimary(site, leader);
  const isCopied = rebuilt?.epoch === epoch && rebuilt.leader === leader && (await hasData(site));
  if (!isCopied) {
    await putAside(site);
    await copyLeader(site, leader, prior);
    if (site.read().epoch !== epoch) throw new StepFailure('Pointsman.LeaseLost', 'a higher epoch came meanwhile');
    const put = site.read().quarantines.at(-1)?.path ?? null;
    await site.note({ rebuilt: { epoch, leader, quarantine: put }, role: { kind: 'standby', leader } });
    await rename(site.folders.incoming, site.folders.data);
  }
  await becomeStandby(site, leader);
  return quarantine();
}

async function assertPrimary(site: KeptSite, leader: SiteName): Promise<void> {
  const [found] = await askLeader(site, leader, (sql) =>
    sql<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby'),
  );
  if (found?.standby) throw new StepFailure('Pointsman.NotPrimary', `${leader} is a standby, nobody to copy from`);
}

async function copyLeader(site: KeptSite, leader: SiteName, prior: string | undefined): Promise<void> {
  const { setup, folders } = site;
  const { user, port, password } = await site.address(setup.peers[leader]);
  const from = { host: '127.0.0.1', user, port, password };
  const copy = async (older: string | undefined) => {
    await rm(folders.incoming, { recursive: true, force: true });
    await backUpIntoFolder(from, folders.incoming, { label: `rebuild of ${setup.site}`, prior: older });
  };
  try {
    await copy(prior);
  } catch (error) {
    if (prior === undefined) throw error;
    // Too old, of another server, damaged, or not summarised since: a whole copy needs nothing of it.
    console.error(`${new Date().toISOString()} ${setup.site} is copied whole, for ${prior} does not do:`, error);
    await copy(undefined);
  }
  await giveTo(setup.user, folders.incoming);
  await disinherit(folders.incoming, setup.user);
}
