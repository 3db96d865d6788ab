import { confirm, isLoopback } from '../confirm.ts';
import type { ExecutionDetail } from '../client/steps.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { findExecution, recentExecutions } from '../find-execution.ts';
import { causeText, machineInArn, nameInArn } from '../history/details.ts';
import { readHistory } from '../history/read-history.ts';
import type { Session } from '../session.ts';
import { clean, oneLine } from '../text/clean.ts';
import { table } from '../text/table.ts';
import { dateTime, duration } from '../text/time.ts';
import { conclude } from '../watch/conclude.ts';
import { followExecution } from '../watch/follow-execution.ts';
import { openLines } from '../watch/open-lines.ts';
import { watchExecution } from '../watch/watch-execution.ts';
import { personIn } from './deploy.ts';
import { eventRow } from './event-row.ts';

export interface ListArgs {
  readonly machine?: string | undefined;
  readonly status?: string | undefined;
  readonly limit: number;
}

/** Executions, newest first. */
export async function executionList(
  { machine, status, limit }: ListArgs,
  { io, out, client }: Session,
): Promise<ExitCode> {
  const rows = await recentExecutions(client, { machine, status, limit });
  if (rows.length === 0) out.hint('No execution fits.');
  if (rows.length === 0 && out.format === 'text') return exitCodes.ok;
  out.answer(rows, () =>
    table([
      ['STATUS', 'MACHINE', 'NAME', 'STARTED', 'TOOK'].map((title) => out.paint('dim', title)),
      ...rows.map(({ status, executionArn, name, startDate, stopDate }) => [
        out.paint(statusColour(status), oneLine(status)),
        oneLine(machineInArn(executionArn)),
        oneLine(name),
        dateTime(startDate, io.utcOffsetMinutes(startDate)),
        duration((stopDate ?? io.now()) - startDate),
      ]),
    ]),
  );
  return exitCodes.ok;
}

/** An execution with its input, its output or failure, and what it waits for. */
export async function executionShow(
  { execution }: { readonly execution: string },
  session: Session,
): Promise<ExitCode> {
  const { io, out, client } = session;
  const detail = await client.describeExecution(await findExecution(execution, client));
  if (out.format !== 'text') {
    out.answer(detail, () => '');
    return exitCodes.ok;
  }
  const follower = followExecution(client, detail.executionArn);
  if (detail.status === 'RUNNING') await follower.poll();
  const moment = { now: io.now(), utcOffsetMinutes: io.utcOffsetMinutes(io.now()) };
  out.answer(detail, () =>
    [...facts(detail, session), ...openLines(follower.executions(), moment, out.paint)].join('\n'),
  );
  return exitCodes.ok;
}

interface WatchArgs {
  readonly execution: string;
  readonly noWaitApproval: boolean;
}

/** Follows an execution to its end; the exit code tells how it ended. */
export async function executionWatch({ execution, noWaitApproval }: WatchArgs, session: Session): Promise<ExitCode> {
  const executionArn = await findExecution(execution, session.client);
  const watched = await watchExecution(executionArn, session, { noWaitApproval });
  const subject = {
    executionArn,
    name: `execution ${nameInArn(executionArn)}`,
    reattach: `pointsman execution watch ${executionArn}`,
  };
  return conclude(watched, subject, session, async () => {
    const { status, error, cause } = await session.client.describeExecution(executionArn);
    return {
      outcome: status,
      reason: [error, cause && causeText(cause)].filter(Boolean).join(': '),
      isGood: status === 'SUCCEEDED',
    };
  });
}

interface HistoryArgs {
  readonly execution: string;
  /** Newest first. */
  readonly reverse: boolean;
}

/** Every event of an execution. */
export async function executionHistory(
  { execution, reverse }: HistoryArgs,
  { io, out, client }: Session,
): Promise<ExitCode> {
  const events = await readHistory(client, await findExecution(execution, client));
  const ordered = reverse ? events.toReversed() : events;
  if (ordered.length === 0 && out.format === 'text') return exitCodes.ok;
  out.answer(ordered, () =>
    table(ordered.map((event) => eventRow(event, io.utcOffsetMinutes(event.timestamp), out.paint))),
  );
  return exitCodes.ok;
}

/** Ends an execution where it stands. No Catch runs, so a rollout is better aborted. */
export async function executionStop(
  { execution }: { readonly execution: string },
  session: Session,
): Promise<ExitCode> {
  const { io, settings, out, client } = session;
  const executionArn = await findExecution(execution, client);
  const isRollout = ['deploy', 'canary'].includes(machineInArn(executionArn));
  const warning = isRollout
    ? '\n  Traffic stays as it is split now. To take the release back instead: pointsman deploy abort SERVICE'
    : '';
  if (isRollout || !isLoopback(settings.endpoint))
    await confirm(`Stop ${executionArn} where it stands; nothing it would still do is done.${warning}`, session);
  const cause = `${personIn(io)}: ${settings.reason ?? 'no reason given'}`;
  const stopped = await client.stopExecution({ executionArn, error: 'Stopped', cause });
  out.answer({ executionArn, ...stopped }, () => `stopped  ${oneLine(executionArn)}`);
  return exitCodes.ok;
}

function facts(detail: ExecutionDetail, { io, out }: Session): string[] {
  const { status, executionArn, startDate, stopDate, input, output, error, cause } = detail;
  const started = dateTime(startDate, io.utcOffsetMinutes(startDate));
  const rows = [
    ['execution', oneLine(executionArn)],
    ['status', out.paint(statusColour(status), status)],
    [
      'started',
      `${started}, ${stopDate === undefined ? 'runs for' : 'took'} ${duration((stopDate ?? io.now()) - startDate)}`,
    ],
    ...(error === undefined ? [] : [['error', out.paint('red', oneLine(error))]]),
  ];
  const block = (title: string, text: string | undefined) =>
    text === undefined
      ? []
      : [
          out.paint('dim', title),
          ...clean(text)
            .split('\n')
            .map((line) => `  ${line}`),
        ];
  return [
    table(rows),
    ...block('cause', cause && causeText(cause)),
    ...block('input', pretty(input)),
    ...block('output', pretty(output)),
  ];
}

function pretty(json: string | undefined): string | undefined {
  try {
    return json === undefined ? undefined : JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

const statusColour = (status: string) => (status === 'SUCCEEDED' ? 'green' : status === 'RUNNING' ? 'cyan' : 'red');
