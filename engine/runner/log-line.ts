import type { Details, HistoryEvent } from '../core/history.ts';
import { withoutData } from './event-data.ts';
import type { ExecutionArn, LoggingConfiguration } from './ports.ts';

/** Whether a machine that logs at this level logs events of this type. (Step Functions guide, "Log levels") */
export function isLogged(level: LoggingConfiguration['level'], type: string): boolean {
  switch (level) {
    case 'ALL':
      return true;
    case 'ERROR':
      return type === 'FailStateEntered' || /(Failed|Aborted|TimedOut)$/.test(type);
    case 'FATAL':
      return /^Execution(Failed|Aborted|TimedOut)$/.test(type);
    case 'OFF':
      return false;
    default:
      return level satisfies never;
  }
}

interface LogContext {
  readonly arn: ExecutionArn;
  /** How often the execution had been redriven. */
  readonly redriveCount: number;
  readonly includeExecutionData: boolean;
}

/** A line of a log and the event it shows. */
export interface Line {
  readonly id: number;
  readonly text: string;
}

/** An event as AWS writes it to CloudWatch Logs: one JSON object whose numbers are texts; the instant in ms since 1970. */
export function logLine(event: HistoryEvent, { arn, redriveCount, includeExecutionData }: LogContext): Line {
  const { id, previousEventId, timestamp, type, ...shown } = includeExecutionData ? event : withoutData(event);
  const details = Object.values<Details>(shown)[0] ?? {};
  const text = JSON.stringify({
    id: String(id),
    type,
    details: includeExecutionData ? ['input', 'output'].reduce(shortened, details) : details,
    redrive_count: String(redriveCount),
    previous_event_id: String(previousEventId),
    event_timestamp: String(timestamp),
    execution_arn: arn,
  });
  return { id, text };
}

/** Bytes of an input or an output as a JSON text; what is longer is cut. (Step Functions guide, "CloudWatch Logs payloads") */
const LONGEST = 248 * 1024;

function shortened(details: Details, name: string): Details {
  const text = details[name];
  if (typeof text !== 'string' || text.length * 6 <= LONGEST) return details;
  const cut = cutToFit(text);
  return cut === text ? details : { ...details, [name]: cut, [`${name}Details`]: { truncated: true } };
}

function cutToFit(text: string): string {
  let cut = text;
  for (let bytes = bytesOf(cut); bytes > LONGEST; bytes = bytesOf(cut))
    cut = cut.slice(0, Math.floor((cut.length * LONGEST) / bytes));
  return cut;
}

const bytesOf = (text: string): number => Buffer.byteLength(JSON.stringify(text));
