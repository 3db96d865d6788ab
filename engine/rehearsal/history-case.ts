import type { Json } from '../data/json.ts';
import { dataIn, type ExportedEvent, textIn } from './exported-history.ts';
import type { Mock, TestCase } from './test-case.ts';

/** `LambdaFunctionScheduled`, `TaskSubmitted`, `ActivityTimedOut` … */
const TASK_EVENT =
  /^(?:Task|LambdaFunction|Activity)(Scheduled|Started|Submitted|Succeeded|Failed|TimedOut|ScheduleFailed|StartFailed|SubmitFailed)$/;

/**
 * The case that a recorded execution is: its input, what its tasks answered and when, and how it ended. Or why it
 * cannot be one.
 */
export function caseFromHistory(
  events: readonly ExportedEvent[],
): { readonly case: TestCase } | { readonly problem: string } {
  const start = events[0];
  const last = events.at(-1);
  if (start === undefined || last === undefined) return { problem: 'it has no event' };
  if (events.some(({ type }) => type === 'MapRunStarted'))
    return { problem: 'it ran a distributed Map, whose child executions have histories of their own' };
  if (textIn(start, 'input') === undefined)
    return { problem: 'it was exported without data: leave --no-include-execution-data out' };
  const expect = expectationIn(last, events);
  if (expect === undefined) return { problem: `its last event is ${last.type}: the execution had not ended` };
  if (isRedrivenInside(events))
    return {
      problem: 'it was redriven inside a Parallel or Map, where the history does not tell whose task ran again',
    };
  const [stopped, ...more] = events.filter(({ type }) => type === 'ExecutionAborted');
  if (more.length > 0) return { problem: 'it was stopped more than once, and a case is stopped once' };
  const redrives = redrivesIn(events);
  const roleArn = textIn(start, 'roleArn');
  return {
    case: {
      input: dataIn(start, 'input') ?? {},
      ...(start.at === undefined ? {} : { startedAt: new Date(start.at).toISOString() }),
      ...(roleArn === undefined ? {} : { roleArn }),
      mocks: mocksIn(events),
      ...(stopped === undefined
        ? {}
        : { stop: { afterSeconds: secondsBetween(start, stopped), ...failureIn(stopped) } }),
      ...(redrives.length > 0 ? { redrivesAfterSeconds: redrives } : {}),
      expect,
    },
  };
}

function expectationIn(last: ExportedEvent, events: readonly ExportedEvent[]): TestCase['expect'] | undefined {
  const path = events.flatMap((event) => (event.type.endsWith('StateEntered') ? [textIn(event, 'name') ?? ''] : []));
  switch (last.type) {
    case 'ExecutionSucceeded':
      return { status: 'SUCCEEDED', output: dataIn(last, 'output') ?? null, path };
    case 'ExecutionFailed':
      return { status: 'FAILED', ...failureIn(last), path };
    case 'ExecutionAborted':
      return { status: 'ABORTED', ...failureIn(last), path };
    case 'ExecutionTimedOut':
      return { status: 'TIMED_OUT', path };
    default:
      return undefined;
  }
}

/** From each end that was none to the redrive. */
const redrivesIn = (events: readonly ExportedEvent[]): number[] =>
  events.flatMap((event, i) => {
    const ended = events[i - 1];
    return event.type === 'ExecutionRedriven' && ended !== undefined ? [secondsBetween(ended, event)] : [];
  });

/** Whether a Parallel or Map was entered and not left when the execution was redriven. */
function isRedrivenInside(events: readonly ExportedEvent[]): boolean {
  let open = 0;
  return events.some(({ type }) => {
    if (/^(?:Parallel|Map)StateEntered$/.test(type)) open++;
    if (/^(?:Parallel|Map)StateExited$/.test(type)) open--;
    return type === 'ExecutionRedriven' && open > 0;
  });
}

interface Attempt {
  readonly state: string;
  readonly scheduled: ExportedEvent;
  mock: Mock;
}

/** What each attempt of each state's task came to, in the order in which they were scheduled. */
function mocksIn(events: readonly ExportedEvent[]): TestCase['mocks'] {
  const states = new Map<number, string>(); // the state that an event belongs to, by the event's id
  const open = new Map<number, Attempt>(); // likewise the attempt
  const attempts: Attempt[] = [];
  for (const event of events) {
    const state = event.type.endsWith('StateEntered') ? textIn(event, 'name') : states.get(event.previousEventId);
    if (state !== undefined) states.set(event.id, state);
    const what = TASK_EVENT.exec(event.type)?.[1];
    if (what === undefined || state === undefined) continue;
    const scheduled = { state, scheduled: event, mock: { unanswered: true as const } };
    const attempt = what === 'Scheduled' ? scheduled : open.get(event.previousEventId);
    if (attempt === undefined) continue;
    open.set(event.id, attempt);
    if (what === 'Scheduled') attempts.push(attempt);
    else attempt.mock = afterEvent(attempt, what, event);
  }
  const byState = Map.groupBy(attempts, ({ state }) => state);
  return Object.fromEntries([...byState].map(([state, of]) => [state, inRows(of.map(({ mock }) => mock))]));
}

function afterEvent({ scheduled, mock }: Attempt, what: string, event: ExportedEvent): Mock {
  const { submitted } = mock;
  const before = submitted === undefined ? {} : { submitted };
  const seconds = secondsBetween(scheduled, event);
  const after = { ...before, ...(seconds === 0 ? {} : { afterSeconds: seconds }) };
  if (what === 'Submitted') return { submitted: dataIn(event, 'output') ?? {}, unanswered: true };
  if (what === 'Succeeded') return { result: asResult(dataIn(event, 'output') ?? null), ...after };
  return what.endsWith('Failed') ? { errorOutput: failureIn(event), ...after } : mock;
}

/** A text as a mock's result is JSON text. */
const asResult = (value: Json): Json => (typeof value === 'string' ? JSON.stringify(value) : value);

/** Equal mocks in a row become one with `times`. */
function inRows(mocks: readonly Mock[]): Mock[] {
  const rows: { readonly mock: Mock; times: number }[] = [];
  for (const mock of mocks) {
    const row = rows.at(-1);
    if (row !== undefined && isSame(row.mock, mock)) row.times++;
    else rows.push({ mock, times: 1 });
  }
  return rows.map(({ mock, times }) => (times === 1 ? mock : { ...mock, times }));
}

const isSame = (a: Mock, b: Mock): boolean => JSON.stringify(a) === JSON.stringify(b);

function failureIn(event: ExportedEvent): { readonly error?: string; readonly cause?: string } {
  const [error, cause] = [textIn(event, 'error'), textIn(event, 'cause')];
  return { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
}

const secondsBetween = (a: ExportedEvent, b: ExportedEvent): number =>
  a.at === undefined || b.at === undefined ? 0 : Math.max(0, b.at - a.at) / 1000;
