/** A history event as the Durable Functions extension gives it to the SDK. */
export interface DurableEvent {
  readonly EventType: number;
  readonly EventId: number;
  readonly Timestamp: string;
  readonly IsPlayed: boolean;
  readonly Name?: string;
  readonly Input?: string | null;
  readonly Result?: string;
  readonly Reason?: string;
  readonly Details?: string;
  readonly TaskScheduledId?: number;
  readonly TimerId?: number;
  readonly FireAt?: string;
}

export const EVENT = {
  executionStarted: 0,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventRaised: 15,
} as const;

/** What an orchestrator asks for, as the SDK says it. */
export interface Action {
  readonly actionType: number;
  readonly functionName?: string;
  readonly input?: unknown;
  readonly retryOptions?: {
    readonly firstRetryIntervalInMilliseconds: number;
    readonly maxNumberOfAttempts: number;
    readonly backoffCoefficient?: number;
    readonly maxRetryIntervalInMilliseconds?: number;
  };
  readonly fireAt?: string;
  readonly isCanceled?: boolean;
  readonly externalEventName?: string;
  readonly compoundActions?: readonly Action[];
}

const ACTION = { activity: 0, activityWithRetry: 1, continueAsNew: 4, timer: 5, externalEvent: 6, any: 11, all: 12 };

/** A task or a timer that the extension starts, under the number it gives it. */
export interface Scheduled {
  readonly id: number;
  readonly event: Pick<DurableEvent, 'EventType' | 'Name' | 'Input' | 'FireAt'>;
}

export interface Replay {
  /** Everything that the actions start in this history, also what was started in earlier turns. */
  readonly scheduled: readonly Scheduled[];
  /** Whether the last action is over; an orchestrator that has returned is only then completed. */
  readonly isDrained: boolean;
  readonly continueAsNew: { readonly input: unknown } | undefined;
  /** Events that came and that no action has waited for yet. */
  readonly unread: number;
}

/** Timers further ahead than this are made of steps. */
const LONGEST_TIMER_MS = 6 * 86_400_000;
const TIMER_STEP_MS = 3 * 86_400_000;

interface Node {
  over: boolean;
  told: (() => void) | undefined;
}

interface Open {
  readonly succeeded: (now: number) => void;
  readonly failed: (now: number) => void;
}

/**
 * What the extension does with the action list that the SDK gives: it has no ids, so the extension goes through it from
 * the start, starts an action, waits until that is over (a failure counts), and only then comes to the next one. From
 * reading its source (out-of-process protocol, schema V3); a model, with activities, retries, timers, external events,
 * `Task.any`, `Task.all` and `continueAsNew`.
 */
export function replayActions(actions: readonly Action[], history: readonly DurableEvent[]): Replay {
  const scheduled: Scheduled[] = [];
  const open = new Map<number, Open>();
  const waiters = new Map<string, Node[]>();
  const unread = new Map<string, number>();
  let continueAsNew: Replay['continueAsNew'];
  let now = 0;
  let next = 0;
  let current: Node | undefined;
  let started = false;

  function end(node: Node): void {
    if (node.over) return;
    node.over = true;
    node.told?.();
  }

  function schedule(event: Scheduled['event'], outcome: Open): void {
    open.set(scheduled.length, outcome);
    scheduled.push({ id: scheduled.length, event });
  }

  const both = (run: (now: number) => void): Open => ({ succeeded: run, failed: run });

  const startActivity = ({ functionName = '', input }: Action, outcome: Open) =>
    schedule({ EventType: EVENT.taskScheduled, Name: functionName, Input: inputText(input) }, outcome);

  function startTimer(fireAt: number, then: () => void): void {
    const step = fireAt - now > LONGEST_TIMER_MS ? now + TIMER_STEP_MS : fireAt;
    const again = both(() => (step < fireAt ? startTimer(fireAt, then) : then()));
    schedule({ EventType: EVENT.timerCreated, FireAt: new Date(step).toISOString() }, again);
  }

  /** After each failure a timer, also after the last one. */
  function tryActivity(action: Action, node: Node, attempt = 1): void {
    const { retryOptions } = action;
    if (retryOptions === undefined) throw new Error('the action has no retry options');
    const failed = () => {
      const { firstRetryIntervalInMilliseconds: first, backoffCoefficient = 1 } = retryOptions;
      const pause = first * backoffCoefficient ** (attempt - 1);
      startTimer(now + Math.min(pause, retryOptions.maxRetryIntervalInMilliseconds ?? Infinity), () =>
        attempt < retryOptions.maxNumberOfAttempts ? tryActivity(action, node, attempt + 1) : end(node),
      );
    };
    startActivity(action, { succeeded: () => end(node), failed });
  }

  function begin(action: Action): Node {
    const node: Node = { over: false, told: undefined };
    switch (action.actionType) {
      case ACTION.activity:
        startActivity(
          action,
          both(() => end(node)),
        );
        break;
      case ACTION.activityWithRetry:
        tryActivity(action, node);
        break;
      case ACTION.timer:
        startTimer(Date.parse(action.fireAt ?? ''), () => end(node));
        if (action.isCanceled === true) end(node);
        break;
      case ACTION.externalEvent:
        waitForEvent(action.externalEventName ?? '', node);
        break;
      case ACTION.any:
      case ACTION.all: {
        const parts = (action.compoundActions ?? []).map(begin);
        const isOver = () => (action.actionType === ACTION.any ? parts.some(over) : parts.every(over));
        for (const part of parts) part.told = () => isOver() && end(node);
        if (isOver()) end(node);
        break;
      }
      case ACTION.continueAsNew:
        continueAsNew = { input: action.input };
        end(node);
        break;
      default:
        throw new Error(`the model has no action of type ${action.actionType}`);
    }
    return node;
  }

  /** The last waiter of a name is served first, and one that nobody waits for any more keeps its place. */
  function waitForEvent(name: string, node: Node): void {
    const buffered = unread.get(name) ?? 0;
    if (buffered > 0) {
      unread.set(name, buffered - 1);
      end(node);
    } else waiters.set(name, [...(waiters.get(name) ?? []), node]);
  }

  function raise(name: string): void {
    const waiter = waiters.get(name)?.pop();
    if (waiter === undefined) unread.set(name, (unread.get(name) ?? 0) + 1);
    else end(waiter);
  }

  function goOn(): void {
    while (started && (current === undefined || current.over)) {
      const action = actions[next];
      if (action === undefined) return;
      next++;
      current = begin(action);
    }
  }

  for (const event of history) {
    switch (event.EventType) {
      case EVENT.orchestratorStarted:
        now = Math.max(now, Date.parse(event.Timestamp));
        break;
      case EVENT.executionStarted:
        started = true;
        break;
      case EVENT.eventRaised:
        raise(event.Name ?? '');
        break;
      case EVENT.taskCompleted:
      case EVENT.timerFired:
        open.get(event.TaskScheduledId ?? event.TimerId ?? -1)?.succeeded(now);
        break;
      case EVENT.taskFailed:
        open.get(event.TaskScheduledId ?? -1)?.failed(now);
        break;
      default:
        break;
    }
    goOn();
  }

  return {
    scheduled,
    isDrained: started && next === actions.length && (current === undefined || current.over),
    continueAsNew,
    unread: unread.values().reduce((sum, count) => sum + count, 0),
  };
}

const over = ({ over }: Node): boolean => over;

/** A text is taken as JSON already. */
const inputText = (input: unknown): string => (typeof input === 'string' ? input : JSON.stringify(input ?? null));
