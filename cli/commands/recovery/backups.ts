import { CliFailure } from '../../cli-failure.ts';
import type { ListedBackup } from '../../client/groups.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import { oneLine } from '../../text/clean.ts';
import type { Paint } from '../../text/paint.ts';
import { table } from '../../text/table.ts';
import { dateTime, duration } from '../../text/time.ts';
import { startRun } from './start-run.ts';

/** A group's backups over all sites, newest first, with what was proven of each. */
export async function recoveryBackups(
  { group }: { readonly group: string },
  { io, out, client }: Session,
): Promise<ExitCode> {
  const { backups, unread } = await client.backups(group);
  for (const site of unread) out.hint(`Not read: ${oneLine(site)}`);
  if (backups.length === 0) out.hint(`${group} has no backup. Take one: pointsman recovery backup ${group}`);
  if (backups.length > 0 || out.format !== 'text')
    out.answer(backups, () => table(backups.map((backup) => backupRow(backup, io, out.paint))));
  return exitCodes.ok;
}

function backupRow(
  { id, kind, takenAt, bytes, sites, record }: ListedBackup,
  io: Session['io'],
  paint: Paint,
): string[] {
  const { lastVerifiedAt, pins, legalHold } = record;
  const proven =
    lastVerifiedAt == null
      ? paint('yellow', 'never restored')
      : paint('green', `restored ${duration(io.now() - lastVerifiedAt)} ago`);
  return [
    `  ${oneLine(id)}`,
    oneLine(kind),
    dateTime(takenAt, io.utcOffsetMinutes(takenAt)),
    `${(bytes / 1_000_000).toFixed(1)} MB`,
    sites.map(oneLine).join(', '),
    proven,
    [...pins.map(oneLine), ...(legalHold ? ['legal hold'] : [])].join('; '),
  ];
}

export interface RestoreArgs {
  readonly group: string;
  readonly time?: string | undefined;
  readonly point?: string | undefined;
  readonly position?: string | undefined;
  readonly branch?: string | undefined;
  readonly site?: string | undefined;
  readonly watch: boolean;
}

/** Restores beside what runs, never over it: to a moment, a named point, a position, or the newest there is. */
export async function recoveryRestore({ group, watch, ...asked }: RestoreArgs, session: Session): Promise<ExitCode> {
  const { branch, site } = asked;
  return startRun(
    group,
    'restore',
    { target: targetOf(asked), ...(branch && { branch }), ...(site && { site }) },
    watch,
    session,
  );
}

function targetOf({ time, point, position }: Pick<RestoreArgs, 'time' | 'point' | 'position'>): object {
  const given = [time, point, position].filter((each) => each !== undefined);
  if (given.length > 1) throw new CliFailure(exitCodes.usage, 'give one of --time, --point and --position');
  if (point !== undefined) return { kind: 'name', name: point };
  if (time !== undefined) {
    // A local time would mean another moment on another machine.
    const at = /(Z|[+-]\d\d:?\d\d)$/.test(time) ? Date.parse(time) : Number.NaN;
    if (Number.isNaN(at))
      throw new CliFailure(exitCodes.usage, `${time} is no moment with its offset from UTC`, {
        try: ['--time 2026-11-27T02:00:00Z', '--time 2026-11-27T03:00:00+01:00'],
      });
    return { kind: 'moment', at: new Date(at).toISOString() };
  }
  if (position === undefined) return { kind: 'latest' };
  const [branch = '', offset = ''] = position.split('/');
  if (!/^\d+$/.test(offset))
    throw new CliFailure(exitCodes.usage, `${position} is no position`, {
      try: ['--position BRANCH/OFFSET, as status shows it'],
    });
  return { kind: 'position', position: { branch, offset } };
}
