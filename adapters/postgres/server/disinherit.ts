import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { giveTo, type ServerUser } from './server-user.ts';

/**
 * Takes out of copied data what belongs to the server it was copied from: what somebody set there with ALTER SYSTEM about
 * its place in a group (a freeze, whom it follows, where it archives), and the wish to be a standby.
 */
export async function disinherit(data: string, user: ServerUser | undefined): Promise<void> {
  for (const name of ['standby.signal', 'recovery.signal', 'postmaster.pid', 'postmaster.opts', 'recovery.done'])
    await rm(join(data, name), { force: true });
  const file = join(data, 'postgresql.auto.conf');
  const text = await readFile(file, 'utf8').catch(() => '');
  const kept = text
    .split('\n')
    .filter((line) => !ofThePlace.has(/^\s*([a-z_.]+)/i.exec(line)?.[1]?.toLowerCase() ?? ''));
  await writeFile(file, kept.join('\n'), { mode: 0o600 });
  await giveTo(user, file);
}

const ofThePlace = new Set(
  `port listen_addresses unix_socket_directories data_directory hba_file ident_file
  default_transaction_read_only synchronous_standby_names synchronized_standby_slots
  primary_conninfo primary_slot_name hot_standby restore_command recovery_end_command
  archive_mode archive_command archive_library archive_cleanup_command
  recovery_target recovery_target_action recovery_target_inclusive recovery_target_lsn
  recovery_target_name recovery_target_time recovery_target_timeline recovery_target_xid`.split(/\s+/),
);
