import type { Backup, BackupOrder } from '../../../functions/ports/recovery/backup-engine.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { reasonOf, unusable } from '../../shared/vault/unusable.ts';
import { recordProof } from '../backups/record-proof.ts';
import { noParent, serverFacts, serverTime } from '../backups/take-backup.ts';
import { readLsn } from '../replication/lsn.ts';
import { type SqlAddress, sqlSession } from '../sql/sql-session.ts';
import { removeSet } from './remove-set.ts';
import type { BackupSet } from './repository.ts';
import type { RepositorySite } from './repository-site.ts';
import { errors, PgBackRestFailure } from './run-pgbackrest.ts';

/** Names the backup's id in the repository itself, so that one whose label was never written is found again. */
const ID = 'pointsman-id';

/**
 * Takes a backup of a site's primary with pgBackRest. One that an earlier attempt took, and did not live to label, is finished: its
 * proof is then of a later place. What other attempts left is removed.
 */
export async function takeBackup(site: RepositorySite, order: BackupOrder): Promise<Backup> {
  const address = await site.address();
  const facts = await serverFacts(site, address);
  await refuseTablespaces(address);
  if (!(await site.repository.ensure()))
    throw new StepFailure('Pointsman.StoreUnusable', `the data of ${site.name} is not in ${site.data}`);
  const parent = await parentSet(site, order);
  const set = (await leftBefore(site, order)) ?? (await takeSet(site, order, address));
  if (set.prior !== parent || set.error === true || set.lsn == null) {
    await removeSet(site, set.label);
    if (set.error === true)
      throw unusable(`pgBackRest found pages with wrong checksums at ${site.name}: ${order.id} is not kept`);
    throw noParent(order, `pgBackRest made a ${set.type} backup on ${set.prior ?? 'nothing'}`);
  }
  const takenAt = await serverTime(address);
  const proof = await recordProof(address);
  await site.settle(); // what makes it usable is in the repository before it is there
  const [from, to] = [placeIn(set.archive.start, set.lsn.start), placeIn(set.archive.stop, set.lsn.stop)];
  const lineage = await lineageOf(address);
  const backup: Backup = {
    id: order.id,
    group: order.group,
    site: order.site,
    kind: order.kind,
    parent: order.kind === 'full' ? null : order.parent,
    lineage,
    from,
    to,
    takenAt,
    bytes: set.info.repository.delta,
    proof: proof === undefined ? null : { at: { ...to, offset: String(proof.lsn) }, contents: proof.contents },
    lockedUntil: site.lockedUntil(),
  };
  await site.labels.write({ backup, ...facts, set: set.label });
  return backup;
}

async function takeSet(site: RepositorySite, order: BackupOrder, address: SqlAddress): Promise<BackupSet> {
  const args = [
    `--type=${order.kind === 'full' ? 'full' : 'incr'}`,
    `--annotation=${ID}=${order.id}`,
    '--start-fast',
    '--no-expire-auto', // what expires is decided by the group's retention
    '--no-archive-mode-check', // standbys archive too, each into its own site's repository
  ];
  // A server of ours listens on TCP only, and pgBackRest has no setting for that of a server on its own machine: libpq has.
  const environment = { PGHOST: address.host ?? '127.0.0.1', PGPASSWORD: address.password };
  try {
    await site.repository.run('backup', args, { environment });
  } catch (thrown) {
    const code = thrown instanceof PgBackRestFailure ? thrown.code : undefined;
    if (code === errors.connect)
      throw new StepFailure('Pointsman.SiteUnreachable', `${site.name} does not answer: ${reasonOf(thrown)}`, {
        cause: thrown,
      });
    if (code === errors.archiveTimeout)
      throw new StepFailure('Pointsman.ArchiveBehind', `${site.name}: ${reasonOf(thrown)}`, { cause: thrown });
    throw thrown;
  }
  const made = (await site.repository.info()).findLast(({ annotation }) => annotation?.[ID] === order.id);
  if (made === undefined) throw new Error(`pgBackRest took ${order.id} and does not list it`);
  return made;
}

/** Sets of ours without a label: that of this id is given, others are removed. */
async function leftBefore(site: RepositorySite, order: BackupOrder): Promise<BackupSet | undefined> {
  const labelled = new Set((await site.labels.list()).map(({ set }) => set));
  const left = (await site.repository.info()).filter(
    ({ label, annotation }) => annotation?.[ID] !== undefined && !labelled.has(label),
  );
  for (const set of left.toReversed()) if (set.annotation?.[ID] !== order.id) await removeSet(site, set.label);
  return left.findLast(({ annotation }) => annotation?.[ID] === order.id);
}

/** pgBackRest adds to its newest backup, whichever one wants: another parent cannot be had. */
async function parentSet(site: RepositorySite, order: BackupOrder): Promise<string | null> {
  if (order.kind === 'full') return null;
  const parent = order.parent === null ? undefined : await site.backups.find(order.parent);
  if (order.parent === null || parent === undefined) throw noParent(order, 'it is not there');
  const { set } = await site.labels.open(order.parent).catch((thrown: unknown) => {
    throw noParent(order, reasonOf(thrown), thrown);
  });
  const manifest = `backup/${site.repository.stanza}/${set}/backup.manifest`;
  await site.repository.get(manifest).catch((thrown: unknown) => {
    throw noParent(order, reasonOf(thrown), thrown);
  });
  const newest = (await site.repository.info()).findLast(({ annotation }) => annotation?.[ID] !== order.id);
  if (newest?.label !== set)
    throw noParent(order, `pgBackRest adds to its newest backup, ${newest?.label}, and ${order.parent} is ${set}`);
  return set;
}

async function refuseTablespaces(address: SqlAddress): Promise<void> {
  const [found] = await sqlSession(address, 5_000, (sql) =>
    sql<{ name: string }>(`SELECT spcname AS name FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global')`),
  );
  if (found === undefined) return;
  throw new StepFailure(
    'Pointsman.StoreUnusable',
    `the server has a tablespace (${found.name}), which is not supported`,
  );
}

const lineageOf = (address: SqlAddress): Promise<string> =>
  sqlSession(address, 5_000, async (sql) => {
    const [seen] = await sql<{ id: string }>('SELECT system_identifier::text AS id FROM pg_control_system()');
    return seen?.id ?? '';
  });

/** The timeline is in the segment's name only. */
const placeIn = (segment: string | null, lsn: string) => ({
  branch: String(Number.parseInt((segment ?? '').slice(0, 8), 16)),
  offset: String(readLsn(lsn)),
});
