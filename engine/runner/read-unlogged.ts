import type { HistoryEvent } from '../core/history.ts';
import { isLogged, type Line, logLine } from './log-line.ts';
import { storedMachineAt } from './map-run/item-processors.ts';
import type { ExecutionArn, ExecutionStore, LoggingConfiguration } from './ports.ts';

/** The ARN of the log group that a machine logs in; undefined when it logs nothing. */
export function groupOf(logging: LoggingConfiguration | undefined): string | undefined {
  if (logging === undefined || logging.level === 'OFF') return undefined;
  return logging.destinations?.[0]?.cloudWatchLogsLogGroup.logGroupArn;
}

interface Unlogged {
  readonly group: string;
  readonly lines: readonly Line[];
  /** The newest stored event. */
  readonly newest: number;
  /** The execution has ended. */
  readonly isOver: boolean;
}

/** What a stored execution has to log from an event on. One that is not there any more has ended and logs nothing. */
export async function readUnlogged(
  store: Pick<ExecutionStore, 'history' | 'summary' | 'machine'>,
  arn: ExecutionArn,
  from: number,
): Promise<Unlogged> {
  const summary = await store.summary(arn);
  const machine = summary && (await storedMachineAt(store, summary.machineArn, summary.revisionId));
  const group = groupOf(machine?.logging);
  if (summary === undefined || machine?.logging === undefined || group === undefined)
    return { group: '', lines: [], newest: from, isOver: true };
  const { level, includeExecutionData } = machine.logging;
  const lines: Line[] = [];
  let redriveCount = summary.redriveCount ?? 0;
  let newest = from - 1;
  for await (const event of backTo(store, arn, from)) {
    newest = Math.max(newest, event.id);
    if (isLogged(level, event.type)) lines.push(logLine(event, { arn, redriveCount, includeExecutionData }));
    if (event.type === 'ExecutionRedriven') redriveCount--;
  }
  return { group, lines: lines.reverse(), newest, isOver: summary.status !== 'RUNNING' };
}

async function* backTo(
  store: Pick<ExecutionStore, 'history'>,
  arn: ExecutionArn,
  first: number,
): AsyncGenerator<HistoryEvent> {
  for (let from: { from?: string } | undefined = {}; from !== undefined; ) {
    const { items, next } = await store.history(arn, { limit: 100, reverse: true, ...from });
    for (const event of items) {
      if (event.id < first) return;
      yield event;
    }
    from = next === undefined ? undefined : { from: next };
  }
}
