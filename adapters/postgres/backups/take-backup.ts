import { StepFailure } from '../../../functions/step-failure.ts';
import type { Backup, BackupOrder } from '../../../functions/ports/recovery/backup-engine.ts';
import { baseBackup } from '../replication/base-backup.ts';
import { readBackupManifest } from '../replication/backup-manifest.ts';
import { identifySystem } from '../replication/identify-system.ts';
import { connectReplication, type ReplicationConnection } from '../replication/replication-connection.ts';
import { type SqlAddress, sqlSession } from '../sql/sql-session.ts';
import type { UnfinishedBackup } from '../vault/backup-vault.ts';
import { reasonOf } from '../../shared/vault/unusable.ts';
import type { BackupSite } from './backup-site.ts';
import type { LogSite } from './log-site.ts';
import { recordProof } from './record-proof.ts';

/** Takes a backup of a site's primary into the site's vault. Of an id that is there: that one. */
export async function takeBackup(site: BackupSite, order: BackupOrder): Promise<Backup> {
  const parent = await parentManifest(site, order);
  const address = await site.address();
  const facts = await serverFacts(site, address);
  const draft = await site.backups.begin(order.id);
  let connection: ReplicationConnection | undefined;
  try {
    connection = await connectReplication({ host: '127.0.0.1', ...address });
    const { systemIdentifier } = await identifySystem(connection);
    const { start, end } = await stream(connection, draft, order, parent);
    const takenAt = await serverTime(address);
    const proof = await recordProof(address);
    await site.settle(); // what makes it usable is in the vault before it is there
    const at = (lsn: bigint) => ({ branch: String(end.timeline), offset: String(lsn) });
    await draft.publish((bytes) => ({
      backup: {
        id: order.id,
        group: order.group,
        site: order.site,
        kind: order.kind,
        parent: order.kind === 'full' ? null : order.parent,
        lineage: systemIdentifier,
        from: { branch: String(start.timeline), offset: String(start.lsn) },
        to: at(end.lsn),
        takenAt,
        bytes,
        proof: proof === undefined ? null : { at: at(proof.lsn), contents: proof.contents },
        lockedUntil: site.lockedUntil(),
      },
      settings: facts.settings,
      segmentBytes: facts.segmentBytes,
    }));
    const taken = await site.backups.find(order.id);
    if (taken === undefined) throw new Error(`${order.id} was stored and is gone`);
    return taken.backup;
  } finally {
    await draft.abandon();
    await connection?.end();
  }
}

async function stream(
  connection: ReplicationConnection,
  draft: UnfinishedBackup,
  order: BackupOrder,
  priorManifest: Buffer | undefined,
) {
  const manifest: Buffer[] = [];
  try {
    const places = await baseBackup(connection, { label: order.id, priorManifest, includeWal: false }, async (name) => {
      if (name !== 'base.tar' && name !== 'backup_manifest')
        throw new StepFailure(
          'Pointsman.StoreUnusable',
          `the server has a tablespace (${name}), which is not supported`,
        );
      const part = await draft.part(name);
      if (name === 'base.tar') return part;
      return {
        async write(chunk) {
          manifest.push(Buffer.from(chunk));
          await part.write(chunk);
        },
        close: () => part.close(),
      };
    });
    readBackupManifest(Buffer.concat(manifest).toString()); // it came whole
    return places;
  } catch (thrown) {
    // The server says in its own words why the parent does not do: another system, summaries that are missing, another line of history.
    const code = (thrown as { readonly code?: unknown }).code;
    const refused = priorManifest !== undefined && typeof code === 'string' && /^(22|55|0A|XX|42)/.test(code);
    if (!refused) throw thrown;
    throw noParent(order, reasonOf(thrown), thrown);
  }
}

async function parentManifest(site: BackupSite, order: BackupOrder): Promise<Buffer | undefined> {
  if (order.kind === 'full') return undefined;
  const { parent } = order;
  if (parent === null || (await site.backups.find(parent)) === undefined) throw noParent(order, 'it is not there');
  try {
    const opened = await site.backups.open(parent);
    return Buffer.concat(await Array.fromAsync(opened.read('backup_manifest')));
  } catch (thrown) {
    throw noParent(order, reasonOf(thrown), thrown);
  }
}

export const noParent = ({ id, parent }: BackupOrder, why: string, cause?: unknown): StepFailure =>
  new StepFailure('Pointsman.NoParent', `${id} cannot stand on ${parent}: ${why}; take a full backup`, { cause });

interface ServerFacts {
  readonly settings: Readonly<Record<string, string>>;
  readonly segmentBytes: number;
}

/** What a restore needs to know of the server. A replay stops where a limit is lower than it was. */
export const serverFacts = (site: LogSite, address: SqlAddress): Promise<ServerFacts> =>
  sqlSession(address, 5_000, async (sql) => {
    const [seen] = await sql<{ standby: boolean; bytes: number }>(
      `SELECT pg_is_in_recovery() AS standby, pg_size_bytes(current_setting('wal_segment_size'))::int AS bytes`,
    );
    if (seen === undefined || seen.standby)
      throw new StepFailure('Pointsman.NotPrimary', `${site.name} is a standby; backups are taken at the primary`);
    const limits = await sql<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_settings WHERE name IN
         ('max_connections', 'max_worker_processes', 'max_wal_senders', 'max_prepared_transactions', 'max_locks_per_transaction')`,
    );
    return {
      settings: Object.fromEntries(limits.map(({ name, setting }) => [name, setting])),
      segmentBytes: seen.bytes,
    };
  });

/** Milliseconds since 1970, not before now. */
export const serverTime = (address: SqlAddress): Promise<number> =>
  sqlSession(address, 5_000, async (sql) => {
    const [seen] = await sql<{ ms: string }>('SELECT ceil(extract(epoch FROM clock_timestamp()) * 1000)::text AS ms');
    return Number(seen?.ms);
  });
