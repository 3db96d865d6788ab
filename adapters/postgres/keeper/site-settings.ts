import type { Settings } from '../server/server-config.ts';
import type { SiteRecord } from './site-record.ts';
import type { SiteFolders, SiteSetup } from './site-setup.ts';

/** A server's settings, from what the site is told and what it remembers. Pure. */
export function siteSettings(setup: SiteSetup, record: SiteRecord, folders: SiteFolders): Settings {
  const { role, frozen, detached, synchronous } = record;
  const leaderPort = role.kind === 'standby' && !detached ? setup.peers[role.leader] : undefined;
  return {
    cluster_name: setup.site,
    wal_level: 'replica',
    wal_log_hints: 'on',
    hot_standby: 'on',
    max_wal_senders: '10',
    max_replication_slots: '10',
    // A standby that is gone may cost this much disk, not all of it.
    max_slot_wal_keep_size: '1GB',
    wal_keep_size: '64MB',
    wal_receiver_status_interval: '1s', // by which a primary knows that it is not alone
    wal_retrieve_retry_interval: '200ms',
    wal_sender_timeout: '5s',
    wal_receiver_timeout: '5s',
    // An incremental copy needs the summaries; there are none before 17.
    ...(setup.major >= 17 ? { summarize_wal: 'on' } : {}),
    // A standby archives what it is sent too, so that no site depends on another's archive.
    archive_mode: setup.archiveCommand === undefined ? 'off' : 'always',
    ...(setup.archiveCommand === undefined ? {} : { archive_command: setup.archiveCommand, archive_timeout: '60s' }),
    ...(setup.restoreCommand === undefined ? {} : { restore_command: setup.restoreCommand }),
    log_line_prefix: '%m [%p] ',
    ...setup.settings,
    default_transaction_read_only: frozen ? 'on' : 'off',
    synchronous_standby_names:
      synchronous.length === 0 ? '' : `FIRST 1 (${synchronous.map((site) => `"${site}"`).join(', ')})`,
    primary_slot_name: leaderPort === undefined ? '' : slotOf(setup.site),
    primary_conninfo:
      leaderPort === undefined
        ? ''
        : connectionText({
            host: '127.0.0.1',
            port: String(leaderPort),
            user: setup.superuser,
            passfile: folders.passfile,
            application_name: setup.site,
            connect_timeout: '3',
          }),
  };
}

/** (libpq, Connection Strings) */
const connectionText = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}='${value.replaceAll(/[\\']/g, String.raw`\$&`)}'`)
    .join(' ');

/** The slot at a leader that keeps what this site still needs. */
export const slotOf = (site: string): string => `pointsman_${site.replaceAll('-', '_')}`;
