import type { Machine } from '../engine/asl/index.ts';
import type { Json, JsonObject } from '../engine/data/json.ts';
import type { HistoryEvent } from './client/steps.ts';
import { calledBy, causeText, detailsOf, jsonDetail, numberDetail, textDetail } from './history/details.ts';
import { retryDelay, stateNamed, waitEnds } from './history/due.ts';

/** Where an execution stands, as its history tells it. Instants are milliseconds since 1970. */
export interface Progress {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** The state it is in, with the states inside it; undefined before the first and after the last. */
  readonly open: OpenState | undefined;
}

export interface OpenState {
  readonly name: string;
  /** `Task`, `Wait` … */
  readonly type: string;
  /** `branch 2` or `item 7`, both counted as ASL does from 0; undefined in the outermost scope. */
  readonly label: string | undefined;
  readonly enteredAt: number;
  /** 1 for the first attempt, 0 before it. */
  readonly attempt: number;
  readonly why: Why;
  readonly inside: readonly OpenState[];
}

/** What a state waits for, and since when. */
export type Why = { readonly since: number } & (
  | { readonly kind: 'starting' }
  | { readonly kind: 'function' | 'service' | 'activity' | 'token'; readonly name: string }
  | { readonly kind: 'timer'; readonly until: number | undefined }
  | {
      readonly kind: 'retry';
      readonly error: string;
      readonly cause: string;
      /** When the next attempt starts, at the latest when `atMost`; undefined without the definition. */
      readonly at: number | undefined;
      readonly atMost: boolean;
    }
  | { readonly kind: 'child'; readonly arn: string }
  | { readonly kind: 'branches'; readonly total: number; readonly done: number }
  | { readonly kind: 'items'; readonly total: number; readonly done: number; readonly failed: number }
);

/**
 * Folds a whole history, oldest event first, into where the execution stands. With `machine` it also says when timers
 * and retries are due, which no history holds. Pure.
 */
export function progressOf(events: readonly HistoryEvent[], machine?: Machine): Progress {
  const root: Line = { label: undefined, within: undefined, state: undefined };
  const fold: Fold = { owners: new Map([[0, { line: root }]]), root, variables: {}, machine };
  let end: HistoryEvent | undefined;
  for (const event of events) {
    fold.owners.set(event.id, follow(fold, event));
    if (event.type in endings) end = event;
  }
  return {
    status: end === undefined ? 'RUNNING' : (endings[end.type] ?? 'FAILED'),
    startedAt: events[0]?.timestamp,
    endedAt: end?.timestamp,
    error: end && (textDetail(end, 'error') || undefined),
    cause: end && (textDetail(end, 'cause') || undefined),
    open: end === undefined && root.state !== undefined ? freeze(root.state, root) : undefined,
  };
}

const endings: Readonly<Record<string, Progress['status']>> = {
  ExecutionSucceeded: 'SUCCEEDED',
  ExecutionFailed: 'FAILED',
  ExecutionTimedOut: 'TIMED_OUT',
  ExecutionAborted: 'ABORTED',
};

/** A line of control while folding: the root, a branch or an iteration, and the state it is in now. */
interface Line {
  readonly label: string | undefined;
  readonly within: Visit | undefined;
  state: Visit | undefined;
}

/** One stay in a state. */
interface Visit {
  readonly name: string;
  readonly type: string;
  readonly line: Line;
  readonly enteredAt: number;
  readonly input: Json;
  lines: Line[];
  attempt: number;
  errors: string[];
  called: { readonly name: string; readonly kind: 'function' | 'service' | 'activity' | 'token' };
  why: Why;
}

interface Fold {
  /** Which line, and which stay on it, each event belongs to; found again through `previousEventId`. */
  readonly owners: Map<number, { readonly line: Line; readonly visit?: Visit | undefined }>;
  readonly root: Line;
  readonly machine: Machine | undefined;
  /** All variables assigned so far. Scopes are not kept apart: AWS forbids an inner name that hides an outer one. */
  variables: JsonObject;
}

type Owner = ReturnType<Fold['owners']['get']> & object;

function follow(fold: Fold, event: HistoryEvent): Owner {
  const before = fold.owners.get(event.previousEventId ?? 0) ?? { line: fold.root };
  if (event.type.startsWith('Execution')) return { line: fold.root };
  if (event.type.endsWith('StateEntered')) return enter(fold, event, before);
  if (event.type.endsWith('StateExited')) return exit(fold, event, before);
  if (event.type.startsWith('MapIteration')) return iterate(event, before);
  const scope = /^(Parallel|Map)State(Started|Succeeded|Failed)$/.exec(event.type);
  const visit =
    scope === null
      ? before.visit
      : enclosing(before, (each) => each.type === scope[1] && (scope[2] !== 'Failed' || each.why.kind !== 'retry'));
  if (visit === undefined) return before;
  if (scope !== null) stepScope(fold, visit, event, scope[2] ?? '');
  else stepTask(fold, visit, event);
  return { line: visit.line, visit };
}

function enter(fold: Fold, event: HistoryEvent, before: Owner): Owner {
  // The first state of a branch names its Parallel's start as predecessor; that opens a line of its own.
  const parallel =
    before.visit?.type === 'Parallel' && before.visit.line.state === before.visit ? before.visit : undefined;
  const line =
    parallel === undefined
      ? before.line
      : { label: `branch ${parallel.lines.length}`, within: parallel, state: undefined };
  parallel?.lines.push(line);
  const type = event.type.slice(0, -'StateEntered'.length);
  const [name, since] = [textDetail(event, 'name'), event.timestamp];
  const input = (jsonDetail(event, 'input') ?? null) as Json;
  const state = fold.machine && stateNamed(fold.machine, name);
  const until = state?.type === 'Wait' ? waitEnds(state, since, input, fold.variables) : undefined;
  const why: Why = type === 'Wait' ? { kind: 'timer', until, since } : { kind: 'starting', since };
  const called = { name, kind: 'function' } as const;
  const visit: Visit = { name, type, line, enteredAt: since, input, lines: [], attempt: 0, errors: [], called, why };
  line.state = visit;
  return { line, visit };
}

function exit(fold: Fold, event: HistoryEvent, before: Owner): Owner {
  const assigned = detailsOf(event)['assignedVariables'];
  if (typeof assigned === 'object' && assigned !== null)
    for (const [name, text] of Object.entries(assigned))
      fold.variables = { ...fold.variables, [name]: parsed(String(text)) };
  const name = textDetail(event, 'name');
  const visit = enclosing(before, (each) => each.name === name);
  if (visit === undefined) return before;
  if (visit.line.state === visit) visit.line.state = undefined;
  const { within } = visit.line;
  if (within?.why.kind === 'branches')
    within.why = { ...within.why, done: within.lines.filter((line) => line.state === undefined).length };
  return { line: visit.line, visit };
}

function iterate(event: HistoryEvent, before: Owner): Owner {
  const name = textDetail(event, 'name');
  const visit = enclosing(before, (each) => each.name === name && each.type === 'Map');
  if (visit === undefined) return before;
  const label = `item ${numberDetail(event, 'index') ?? '?'}`;
  if (event.type === 'MapIterationStarted') {
    const line: Line = { label, within: visit, state: undefined };
    visit.lines.push(line);
    return { line };
  }
  const { why } = visit;
  visit.lines = visit.lines.filter((line) => line.label !== label);
  if (why.kind === 'items')
    visit.why =
      event.type === 'MapIterationSucceeded' ? { ...why, done: why.done + 1 } : { ...why, failed: why.failed + 1 };
  return { line: visit.line, visit };
}

function stepScope(fold: Fold, visit: Visit, event: HistoryEvent, what: string): void {
  const since = event.timestamp;
  if (what === 'Started') {
    visit.lines = [];
    visit.attempt += 1;
    const state = fold.machine && stateNamed(fold.machine, visit.name);
    visit.why =
      visit.type === 'Map'
        ? { kind: 'items', total: numberDetail(event, 'length') ?? 0, done: 0, failed: 0, since }
        : { kind: 'branches', total: state?.type === 'Parallel' ? state.branches.length : 0, done: 0, since };
  } else if (what === 'Failed') {
    visit.lines = [];
    failed(fold, visit, event);
  }
}

function stepTask(fold: Fold, visit: Visit, event: HistoryEvent): void {
  const since = event.timestamp;
  const { called } = visit;
  if (event.type.endsWith('Scheduled')) {
    visit.attempt += 1;
    visit.called = { name: calledBy(event), kind: calledKind(event) };
    visit.why = { ...visit.called, since };
  } else if (event.type === 'TaskSubmitted') {
    const child = childStarted(event);
    visit.why = child === undefined ? { ...called, since: visit.why.since } : { kind: 'child', arn: child, since };
  } else if (/(Failed|TimedOut)$/.test(event.type)) failed(fold, visit, event);
  else if (event.type.endsWith('Succeeded')) visit.why = { kind: 'starting', since };
}

function failed(fold: Fold, visit: Visit, event: HistoryEvent): void {
  const error = textDetail(event, 'error');
  visit.errors.push(error);
  const state = fold.machine && stateNamed(fold.machine, visit.name);
  const delay = state !== undefined && 'retry' in state ? retryDelay(state.retry, visit.errors) : undefined;
  const at = delay && event.timestamp + delay.seconds * 1000;
  visit.why = {
    kind: 'retry',
    error,
    cause: causeText(textDetail(event, 'cause')),
    at,
    atMost: delay?.jitter ?? false,
    since: event.timestamp,
  };
}

/** ARN of the execution that a `states:startExecution` task waits for; undefined for any other event. */
export function childStarted(event: HistoryEvent): string | undefined {
  if (event.type !== 'TaskSubmitted' || detailsOf(event)['resourceType'] !== 'states') return undefined;
  const output = jsonDetail(event, 'output');
  const arn =
    typeof output === 'object' && output !== null && 'ExecutionArn' in output ? output.ExecutionArn : undefined;
  return typeof arn === 'string' ? arn : undefined;
}

function calledKind(event: HistoryEvent): Visit['called']['kind'] {
  const [resource, resourceType] = [textDetail(event, 'resource'), textDetail(event, 'resourceType')];
  if (event.type.startsWith('Activity')) return 'activity';
  if (resource.endsWith('.waitForTaskToken')) return 'token';
  return resourceType === '' || resourceType === 'lambda' ? 'function' : 'service';
}

/** The nearest stay that fits, from where an event stands outwards. */
function enclosing(from: Owner, fits: (visit: Visit) => boolean): Visit | undefined {
  for (let visit = from.visit ?? from.line.within; visit !== undefined; visit = visit.line.within)
    if (fits(visit)) return visit;
  return undefined;
}

function freeze(visit: Visit, line: Line): OpenState {
  const { name, type, enteredAt, attempt, why } = visit;
  const inside = visit.lines.flatMap((each) => (each.state === undefined ? [] : [freeze(each.state, each)]));
  return { name, type, label: line.label, enteredAt, attempt, why, inside };
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
