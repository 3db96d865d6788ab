import type { RecoveryRun } from '../../client/groups.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import { oneLine } from '../../text/clean.ts';
import type { Paint } from '../../text/paint.ts';
import { table } from '../../text/table.ts';
import { dateTime, duration } from '../../text/time.ts';

const lostRowsShown = 20;

/** How earlier runs on a group ended, newest first. */
export async function recoveryReports(
  { group }: { readonly group: string },
  { io, out, client }: Session,
): Promise<ExitCode> {
  const { runs } = await client.runs(group);
  if (runs.length === 0) out.hint(`Nothing has run on ${group} yet.`);
  if (runs.length > 0 || out.format !== 'text')
    out.answer(runs, () => table(runs.map((run) => runRow(run, io.utcOffsetMinutes(run.endedAt), out.paint))));
  return exitCodes.ok;
}

/** One run with its timeline and what it lost; as a page for people with `page`. */
export async function recoveryReport(
  { group, run, page }: { readonly group: string; readonly run: string; readonly page: boolean },
  { io, out, client }: Session,
): Promise<ExitCode> {
  if (page) {
    io.stdout.write(await client.runPage(group, run));
    return exitCodes.ok;
  }
  const found = await client.run(group, run);
  out.answer(found, () => reportText(found, io.utcOffsetMinutes(found.endedAt), out.paint));
  return exitCodes.ok;
}

/** A run as a row of a table. */
export function runRow(run: RecoveryRun, utcOffsetMinutes: number, paint: Paint): string[] {
  const { kind, outcome, reason, from, to, endedAt, execution } = run;
  return [
    `  ${dateTime(endedAt, utcOffsetMinutes)}`,
    oneLine(kind),
    paint(outcome === 'done' ? 'green' : 'yellow', oneLine(outcome)),
    from != null && to != null ? `${oneLine(from)} → ${oneLine(to)}` : '',
    lossText(run),
    oneLine(execution.split(':').at(-1) ?? ''),
    outcome === 'done' ? '' : oneLine(reason),
  ];
}

function lossText({ rtoSeconds, rpo }: RecoveryRun): string {
  const time = rtoSeconds?.actual == null ? '' : `${rtoSeconds.actual.toFixed(2)} s`;
  const rows = rpo?.lostRows == null ? '' : `${rpo.lostRows} rows lost`;
  return [time, rows].filter((part) => part !== '').join(', ');
}

const moments = [
  ['lastGood', 'last good answer'],
  ['detected', 'detected'],
  ['approved', 'approved'],
  ['fenced', 'old side fenced'],
  ['promoted', 'new side promoted'],
  ['firstWrite', 'first write'],
  ['settled', 'settled'],
] as const;

function reportText(run: RecoveryRun, utcOffsetMinutes: number, paint: Paint): string {
  const { group, kind, outcome, reason, rtoSeconds, fences, approvals, overrides, lost, stamps } = run;
  const start = stamps['lastGood'] ?? run.startedAt;
  const timeline = moments.flatMap(([key, label], i) => {
    const at = stamps[key];
    return at == null ? [] : [[`  t${i}`, label, dateTime(at, utcOffsetMinutes), duration(at - start)]];
  });
  const planned =
    rtoSeconds == null ? [] : [`planned at most ${rtoSeconds.planned} s, lasted ${lossText(run) || 'an unknown time'}`];
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', paint('bold', title), ...lines.map((line) => `  ${line}`)];
  return [
    `${paint('bold', `${oneLine(kind)} of ${oneLine(group)}`)}  ${paint(outcome === 'done' ? 'green' : 'yellow', oneLine(outcome))}`,
    ...(reason === '' ? [] : [oneLine(reason)]),
    ...planned,
    ...(timeline.length === 0 ? [] : ['', paint('bold', 'Timeline'), table(timeline)]),
    ...section(
      'Fence',
      fences.map(
        ({ level, confirmed, evidence }) =>
          `${oneLine(level)}, ${confirmed ? 'confirmed' : 'not confirmed'}: ${oneLine(evidence)}`,
      ),
    ),
    ...section('Approved', [...approvals, ...overrides.map((each) => `set aside: ${each}`)].map(oneLine)),
    ...(lost == null ? [] : lostText(lost, paint)),
    ...detailsText(run.details, paint),
  ].join('\n');
}

/** What only this kind of run has: the address of a restored store, what a drill measured, where copies lie. */
function detailsText(details: unknown, paint: Paint): string[] {
  const rows = leaves(details, '').map(([path, value]) => [`  ${oneLine(path)}`, oneLine(value)]);
  return rows.length === 0 ? [] : ['', paint('bold', 'Details'), table(rows)];
}

function leaves(value: unknown, path: string): (readonly [string, string])[] {
  if (value === null || value === undefined) return [];
  if (typeof value !== 'object') return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, path === '' ? key : `${path}.${key}`));
}

function lostText({ rowCount, rows, quarantine }: NonNullable<RecoveryRun['lost']>, paint: Paint): string[] {
  const shown = rows
    .slice(0, lostRowsShown)
    .map(({ table: name, change, row }) => `  ${oneLine(change)} ${oneLine(name)} ${oneLine(JSON.stringify(row))}`);
  const more =
    rowCount > shown.length ? [`  … and ${rowCount - shown.length} more: --json has all that were recorded`] : [];
  return [
    '',
    paint('bold', `Lost writes: ${rowCount} rows`),
    ...shown,
    ...more,
    `  the old data lies untouched: ${oneLine(quarantine)}`,
  ];
}
