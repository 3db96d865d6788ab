import { toEpochMs } from '../data/instant.ts';
import type { Effect, Step } from '../core/index.ts';
import type { HistoryEvent } from '../core/history.ts';
import { isLogged, type Line, logLine } from './log-line.ts';
import type { ExecutionArn, ExecutionSummary, LoggingConfiguration, LogSink } from './ports.ts';
import { groupOf, readUnlogged } from './read-unlogged.ts';
import type { RunnerOptions } from './runner-options.ts';
import { createTimers } from './timers.ts';

/** An execution and how its machine logs. */
export interface Logged {
  readonly summary: ExecutionSummary;
  readonly logging: LoggingConfiguration | undefined;
}

/**
 * Puts the events of executions where their machines log. What is durable and not yet taken by the sink is marked in the
 * outbox by the first of these events. The mark changes in commits that are made anyway; it leaves with one of its own
 * when the execution has ended or the host closes. What does not log has no mark.
 */
export interface ExecutionLog {
  /** The step with the mark as it has to be when the step is committed. */
  marked(of: Logged, step: Step): Step;
  /** What the step has to log is durable. */
  committed(of: Logged, step: Step): void;
  /** Puts what is marked in the outbox, and all that follows. */
  perform(arn: ExecutionArn, mark: Mark): void;
  /** Resolves when what is being put was taken or rejected and the marks of what was taken have left the outbox. */
  close(): Promise<void>;
}

export interface ExecutionLogOptions extends Pick<RunnerOptions, 'logs' | 'store' | 'clock' | 'onProblem'> {
  /** Takes a mark out of the outbox. */
  readonly release: (arn: ExecutionArn, mark: string) => Promise<void>;
}

type Mark = Extract<Effect, { kind: 'Log' }>;

/** What an execution has yet to log. */
interface Tail {
  /** Empty until it is known. */
  group: string;
  /** As it is in the outbox. */
  mark: Mark | undefined;
  /** Not taken yet, in order. */
  waiting: Line[];
  /** From this event on, lines have to be read from the store: the sink rejected them, or the host is new. */
  unread: number | undefined;
  /** The newest event that was committed here. */
  newest: number;
  /** The newest event that is waiting or was taken. */
  seen: number;
  /** Lines are being put, or wait because they were rejected. */
  isBusy: boolean;
  isOver: boolean;
  pauseMs: number;
}

/** Before rejected lines are put again. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

export function createExecutionLog(options: ExecutionLogOptions): ExecutionLog {
  const { logs: sink, store, clock, release, onProblem } = options;
  const tails = new Map<ExecutionArn, Tail>();
  const delivering = new Set<Promise<void>>();
  const timers = createTimers(clock);
  let isClosed = false;

  function deliver(arn: ExecutionArn, tail: Tail, to: LogSink): void {
    if (tail.isBusy) return;
    const delivery = putAll(arn, tail, to).finally(() => delivering.delete(delivery));
    delivering.add(delivery);
  }

  async function putAll(arn: ExecutionArn, tail: Tail, to: LogSink): Promise<void> {
    tail.isBusy = true;
    try {
      while (isOpen(tail))
        await (tail.unread === undefined ? putWaiting(tail, to) : putUnread(arn, tail, tail.unread, to));
      tail.isBusy = false;
    } catch (thrown) {
      onProblem('lines of its log could not be written and will be tried again', arn, thrown);
      tail.unread ??= tail.waiting[0]?.id;
      tail.waiting = [];
      if (!isClosed) pause(arn, tail, to);
    }
    if (!isOpen(tail) && (tail.isOver || tail.mark === undefined)) await end(arn, tail);
  }

  function pause(arn: ExecutionArn, tail: Tail, to: LogSink): void {
    timers.set(arn, toEpochMs(clock.now() + tail.pauseMs), () => {
      tail.isBusy = false;
      deliver(arn, tail, to);
    });
    tail.pauseMs = Math.min(tail.pauseMs * 2, LONGEST_PAUSE_MS);
  }

  async function putWaiting(tail: Tail, to: LogSink): Promise<void> {
    const lines = [...tail.waiting];
    await to.put(tail.group, textsOf(lines));
    tail.waiting = tail.waiting.slice(lines.length);
    tail.pauseMs = FIRST_PAUSE_MS;
  }

  async function putUnread(arn: ExecutionArn, tail: Tail, from: number, to: LogSink): Promise<void> {
    const { group, lines, newest, isOver } = await readUnlogged(store, arn, from);
    tail.group = group;
    if (lines.length > 0) await to.put(group, textsOf(lines));
    tail.seen = newest;
    tail.unread = newest < tail.newest ? newest + 1 : undefined; // what was committed while this was read
    if (tail.newest === 0) tail.isOver = isOver;
    tail.pauseMs = FIRST_PAUSE_MS;
  }

  /** Everything was taken: no mark is needed. */
  async function end(arn: ExecutionArn, tail: Tail): Promise<void> {
    if (tails.get(arn) === tail) tails.delete(arn);
    const { mark } = tail;
    tail.mark = undefined;
    if (mark !== undefined) await release(arn, mark.id);
  }

  return {
    marked({ summary: { arn }, logging }, step) {
      if (sink === undefined || groupOf(logging) === undefined) return step;
      const tail = tails.get(arn);
      const isNew = ({ type }: HistoryEvent) => isLogged(logging?.level ?? 'OFF', type);
      const from = tail?.unread ?? tail?.waiting[0]?.id ?? step.history.find(isNew)?.id;
      if (from === tail?.mark?.from && tail?.isOver !== true) return step;
      const closed = tail?.mark === undefined ? step.closed : [...step.closed, tail.mark.id];
      const id = `log-${step.head.lastEventId}`;
      const opened: Effect[] = from === undefined ? [] : [{ kind: 'Log', id, from }];
      return { ...step, closed, opened: [...step.opened, ...opened] };
    },

    committed({ summary, logging }, step) {
      const group = groupOf(logging);
      if (sink === undefined || logging === undefined || group === undefined) return;
      const { arn, redriveCount = 0 } = summary;
      const tail = tails.get(arn) ?? newTail();
      tail.group = group;
      tail.mark = step.opened.find((effect) => effect.kind === 'Log') ?? kept(tail.mark, step);
      tail.isOver = step.end !== undefined;
      tail.newest = step.head.lastEventId;
      if (tail.unread === undefined) {
        const fresh = step.history.filter(({ id, type }) => id > tail.seen && isLogged(logging.level, type));
        tail.waiting.push(...fresh.map((event) => logLine(event, { arn, redriveCount, ...logging })));
        tail.seen = tail.newest;
      }
      tails.set(arn, tail);
      deliver(arn, tail, sink);
    },

    perform(arn, mark) {
      if (sink === undefined || tails.has(arn)) return; // it is being put already
      const tail = { ...newTail(), mark, unread: mark.from };
      tails.set(arn, tail);
      deliver(arn, tail, sink);
    },

    async close() {
      isClosed = true;
      timers.cancelAll();
      await Promise.all(delivering);
      const taken = [...tails].filter(([, tail]) => !isOpen(tail));
      await Promise.all(taken.map(([arn, tail]) => end(arn, tail)));
    },
  };
}

const isOpen = ({ unread, waiting }: Tail): boolean => unread !== undefined || waiting.length > 0;

const textsOf = (lines: readonly Line[]): readonly string[] => lines.map(({ text }) => text);

const kept = (mark: Mark | undefined, { closed }: Step): Mark | undefined =>
  mark !== undefined && closed.includes(mark.id) ? undefined : mark;

const newTail = (): Tail => ({
  group: '',
  mark: undefined,
  waiting: [],
  unread: undefined,
  newest: 0,
  seen: 0,
  isBusy: false,
  isOver: false,
  pauseMs: FIRST_PAUSE_MS,
});
