import type { GroupStatus } from '../../client/groups.ts';
import { type ExitCode, exitCodes } from '../../exit-codes.ts';
import type { Session } from '../../session.ts';
import { oneLine } from '../../text/clean.ts';
import type { Paint } from '../../text/paint.ts';
import { table } from '../../text/table.ts';
import { clockTime, duration } from '../../text/time.ts';
import { runRow } from './reports.ts';

const runsShown = 5;

interface Moment {
  readonly now: number;
  readonly utcOffsetMinutes: number;
}

/** Sites, address, readiness, what runs and why it waits, and how earlier runs ended. */
export async function recoveryStatus(
  { group }: { readonly group?: string | undefined },
  { io, out, client }: Session,
): Promise<ExitCode> {
  const groups = group === undefined ? (await client.groups()).groups : [await client.group(group)];
  if (groups.length === 0) out.hint('No protected group: name one under `groups` in pointsman.yaml.');
  const moment = { now: io.now(), utcOffsetMinutes: io.utcOffsetMinutes(io.now()) };
  if (groups.length > 0 || out.format !== 'text')
    out.answer(group === undefined ? groups : groups[0], () =>
      groups.map((status) => groupText(status, moment, out.paint)).join('\n\n'),
    );
  return exitCodes.ok;
}

function groupText(status: GroupStatus, moment: Moment, paint: Paint): string {
  const head = `${paint('bold', oneLine(status.group))}  ${oneLine(status.address ?? 'no address yet')}`;
  const parts = [
    `${head}\n${sitesText(status, paint)}`,
    readinessLines(status, moment, paint),
    runText(status, moment, paint),
    runsText(status, moment, paint),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function sitesText({ state, plan, endpoint }: GroupStatus, paint: Paint): string {
  const ordered = plan.sites.flatMap((name) => state.sites.filter(({ site }) => site === name));
  const rows = ordered.map(({ site, reach, role, writes, received, follows, stream, warnings }) => {
    const isPointedTo = endpoint.site === site;
    const clients = `clients ${oneLine(endpoint.sessions)}, ${endpoint.connected} connected, ${endpoint.waiting} waiting`;
    return [
      `  ${oneLine(site)}`,
      paint(reach === 'answers' ? 'green' : 'red', oneLine(reach)),
      oneLine(role),
      `writes ${oneLine(writes)}`,
      received == null ? '' : `${oneLine(received.branch)}/${oneLine(received.offset)}`,
      follows == null ? '' : `follows ${oneLine(follows)}, ${oneLine(stream)}`,
      isPointedTo ? paint(endpoint.sessions === 'open' ? 'green' : 'yellow', clients) : '',
      warnings.map(oneLine).join('; '),
    ];
  });
  return table(rows);
}

function readinessLines({ readiness }: GroupStatus, { now }: Moment, paint: Paint): string {
  if (readiness == null) return '';
  const lines = [readiness.switchover, readiness.failover].map(({ forecast, checks, mode }) => {
    // That the primary is lost is asked by a failover that begins, and is no fault of a group that is well.
    const failing = checks.filter(({ name, status }) => status === 'fail' && name !== 'primary-lost');
    const words = failing.map(({ name }) => oneLine(name)).join(', ');
    return [
      `  ${oneLine(mode)}`,
      failing.length === 0 ? paint('green', 'ready') : paint('red', `not ready: ${words}`),
      oneLine(forecast.text),
    ];
  });
  const age = readiness.at === undefined ? '' : `, looked at ${duration(now - readiness.at)} ago`;
  return `${paint('bold', 'Readiness')}${age}\n${table(lines)}`;
}

function runText({ run, besides }: GroupStatus, { now, utcOffsetMinutes }: Moment, paint: Paint): string {
  const all = [...(run == null ? [] : [run]), ...besides];
  if (all.length === 0) return 'Nothing runs on it.';
  const ago = (at: number) => `since ${clockTime(at, utcOffsetMinutes)} (${duration(now - at)})`;
  const rows = all.flatMap(({ executionArn, startedAt, waitingFor, since, order }) => [
    ['  runs', `${oneLine(executionArn)}, ${ago(startedAt)}`],
    ['  is at', `${oneLine(waitingFor)}, ${ago(since)}`],
    ...(order == null
      ? []
      : [['  was told', paint('yellow', `${oneLine(order.order)} by ${oneLine(order.by)}: ${oneLine(order.reason)}`)]]),
  ]);
  return `${paint('bold', 'Run')}\n${table(rows)}`;
}

function runsText({ runs }: GroupStatus, { utcOffsetMinutes }: Moment, paint: Paint): string {
  if (runs.length === 0) return '';
  const rows = runs.slice(0, runsShown).map((run) => runRow(run, utcOffsetMinutes, paint));
  return `${paint('bold', 'Earlier')}\n${table(rows)}`;
}
