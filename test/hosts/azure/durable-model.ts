import { EVENT, type Action, type DurableEvent, replayActions, type Scheduled } from './replay-actions.ts';
import { type FunctionsCore, type Registry, type TypedData, valueOf } from './functions-core.ts';

/**
 * A model of the Durable Functions extension and its task hub: histories, a message for every turn and every activity,
 * timers, the client's HTTP calls. Made from reading the extension's source (2024-10) and the SDK's; nothing of it has
 * been compared with a real Functions host. The packages `@azure/functions` and `durable-functions` are the real ones.
 */
export interface DurableModel {
  readonly instances: ReadonlyMap<string, Instance>;
  /** `undefined` where the id belongs to an instance that is not over. */
  start(name: string, inputText: string, id: string): string | undefined;
  raise(id: string, event: string, inputText: string): 'accepted' | 'over' | 'unknown';
  /** Of instances that are over and were started before the instant, as PurgeInstanceHistory does; gives their number. */
  purge(startedBefore: number): number;
  /** Names of the activities that were begun, in order. */
  readonly activityCalls: readonly string[];
  readonly counts: { turns: number; activities: number; messages: number };
}

export interface Instance {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  input: string;
  status: 'Pending' | 'Running' | 'Completed' | 'Failed';
  history: readonly DurableEvent[];
  readonly inbox: DurableEvent[];
  generation: number;
  turns: number;
  output: unknown;
  /** Events that `continueAsNew` threw away. */
  lostEvents: number;
  /** The SDK says it is done, and the extension still waits for an action. */
  isStuck: boolean;
  isTurning: boolean;
}

/** One message of the task hub: done when `handle` resolves, delivered again when it rejects with `Lost`. */
interface Message {
  readonly kind: 'turn' | 'activity';
  readonly handle: () => Promise<void>;
}

/** The process that had a message died: the message becomes visible again. */
export class Lost extends Error {
  override readonly name = 'Lost';
}

export interface DurableModelOptions {
  readonly core: FunctionsCore;
  readonly registry: () => Registry;
  readonly now: () => number;
  /** Calls `run` once at or after the instant. */
  readonly at: (at: number, run: () => void) => void;
  /** Delivers a message; a test does it twice, late, or with a process that dies. */
  readonly deliver: (kind: Message['kind'], handle: () => Promise<void>) => void;
  /** Resolves with what the invocation gives, or rejects with `Lost`. */
  readonly invoke: (name: string, call: () => Promise<TypedData | undefined>) => Promise<TypedData | undefined>;
  /** The JSON of the durable client binding. */
  readonly clientData: object;
}

const SCHEDULES: ReadonlySet<number> = new Set([EVENT.taskScheduled, EVENT.timerCreated]);

export function durableModel({
  core,
  registry,
  now,
  at,
  deliver,
  invoke,
  clientData,
}: DurableModelOptions): DurableModel {
  const instances = new Map<string, Instance>();
  const activityCalls: string[] = [];
  const counts = { turns: 0, activities: 0, messages: 0 };

  const isOpen = ({ status }: Instance) => status === 'Pending' || status === 'Running';

  function call(name: string, trigger: TypedData): Promise<TypedData | undefined> {
    const fn = registry().get(name);
    if (fn === undefined) throw new Error(`no function ${name} is registered`);
    const inputs = Object.fromEntries(
      Object.entries(fn.metadata.bindings)
        .filter(([, { direction }]) => direction === 'in')
        .map(([binding, { type }]) => [
          binding,
          type === 'durableClient' ? { string: JSON.stringify(clientData) } : trigger,
        ]),
    );
    return invoke(name, () => core.invoke(fn, inputs, () => {}));
  }

  function send(kind: Message['kind'], handle: () => Promise<void>): void {
    counts.messages++;
    deliver(kind, handle);
  }

  /** A message for the instance; what is a repetition of an outcome is dropped, as the dispatcher does. */
  function post(instance: Instance, event: Omit<DurableEvent, 'Timestamp' | 'IsPlayed'>): void {
    if (!isOpen(instance) || isRepeated(instance, event)) return;
    instance.inbox.push({ ...event, Timestamp: '', IsPlayed: false });
    if (!instance.isTurning) send('turn', () => turn(instance));
  }

  async function turn(instance: Instance): Promise<void> {
    if (instance.isTurning || instance.inbox.length === 0 || !isOpen(instance)) return;
    instance.isTurning = true;
    const letters = [...instance.inbox];
    try {
      await take(instance, letters);
    } finally {
      instance.isTurning = false;
    }
    if (instance.inbox.length > 0) send('turn', () => turn(instance));
  }

  async function take(instance: Instance, letters: readonly DurableEvent[]): Promise<void> {
    const Timestamp = new Date(now()).toISOString();
    const stamped = (event: Omit<DurableEvent, 'Timestamp' | 'IsPlayed'>) => ({ ...event, Timestamp, IsPlayed: false });
    const started = stamped({ EventType: EVENT.orchestratorStarted, EventId: -1 });
    const fresh: DurableEvent[] = [started, ...letters.map(stamped)];
    const history = [...instance.history.map((event) => ({ ...event, IsPlayed: true })), ...fresh];
    counts.turns++;
    const state = await orchestrate(instance, history);
    const replay = replayActions(state.actions[0] ?? [], history);
    const before = new Set(history.filter(({ EventType }) => SCHEDULES.has(EventType)).map(({ EventId }) => EventId));
    const news = replay.scheduled.filter(({ id }) => !before.has(id));
    // The checkpoint: from here on the turn has happened.
    instance.inbox.splice(0, letters.length);
    instance.turns++;
    instance.status = 'Running';
    const scheduled = news.map(({ id, event }) => stamped({ ...event, EventId: id }));
    const completed = stamped({ EventType: EVENT.orchestratorCompleted, EventId: -1 });
    instance.history = [...history, ...scheduled, completed];
    if (state.error !== undefined) return over(instance, 'Failed', state.error);
    if (replay.continueAsNew !== undefined) return startAgain(instance, replay.continueAsNew.input, replay.unread);
    for (const each of news) begin(instance, each);
    instance.isStuck = state.isDone && !replay.isDrained;
    if (state.isDone && replay.isDrained) over(instance, 'Completed', state.output);
  }

  /** Runs the orchestrator function, as the extension calls it. */
  async function orchestrate(instance: Instance, history: readonly DurableEvent[]) {
    const trigger = {
      history,
      input: JSON.parse(instance.input),
      instanceId: instance.id,
      isReplaying: instance.history.length > 0,
      parentInstanceId: null,
      upperSchemaVersion: 1,
      upperSchemaVersionNew: 2,
      longRunningTimerIntervalDuration: '3.00:00:00',
      maximumShortTimerDuration: '6.00:00:00',
      defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
    };
    try {
      return readState(valueOf(await call(instance.name, { string: JSON.stringify(trigger) })));
    } catch (thrown) {
      const data = thrown instanceof Error ? /\$OutOfProcData\$:(.*)$/s.exec(thrown.message)?.[1] : undefined;
      if (data === undefined) throw thrown;
      return readState(JSON.parse(data));
    }
  }

  function begin(instance: Instance, { id, event }: Scheduled): void {
    const { generation } = instance;
    const reply = (outcome: Omit<DurableEvent, 'Timestamp' | 'IsPlayed'>) => {
      if (instance.generation === generation) post(instance, outcome);
    };
    if (event.EventType === EVENT.timerCreated)
      return at(Date.parse(event.FireAt ?? ''), () =>
        reply({ EventType: EVENT.timerFired, EventId: -1, TimerId: id, FireAt: event.FireAt ?? '' }),
      );
    send('activity', async () => {
      const name = event.Name ?? '';
      activityCalls.push(name);
      counts.activities++;
      try {
        const result = valueOf(await call(name, { string: event.Input ?? 'null' }));
        reply({
          EventType: EVENT.taskCompleted,
          EventId: -1,
          TaskScheduledId: id,
          Result: JSON.stringify(result ?? null),
        });
      } catch (thrown) {
        if (thrown instanceof Lost) throw thrown;
        const [Reason, Details] = [`Activity function '${name}' failed: ${String(thrown)}`, String(thrown)];
        reply({ EventType: EVENT.taskFailed, EventId: -1, TaskScheduledId: id, Reason, Details });
      }
    });
  }

  function over(instance: Instance, status: 'Completed' | 'Failed', output: unknown): void {
    instance.status = status;
    instance.output = output;
    instance.inbox.length = 0;
  }

  /** The extension passes preserveUnprocessedEvents = false: what nobody waited for is gone, in the inbox too. */
  function startAgain(instance: Instance, input: unknown, unread: number): void {
    const waiting = instance.inbox.filter(({ EventType }) => EventType === EVENT.eventRaised).length;
    instance.lostEvents += unread + waiting;
    instance.generation++;
    instance.history = [];
    instance.inbox.length = 0;
    instance.input = typeof input === 'string' ? input : JSON.stringify(input ?? null);
    post(instance, executionStarted(instance));
  }

  return {
    instances,
    activityCalls,
    counts,
    start(name, inputText, id) {
      const before = instances.get(id);
      if (before !== undefined && isOpen(before)) return undefined;
      const instance: Instance = {
        id,
        name,
        createdAt: now(),
        input: inputText,
        status: 'Pending',
        history: [],
        inbox: [],
        generation: 0,
        turns: 0,
        output: undefined,
        lostEvents: 0,
        isStuck: false,
        isTurning: false,
      };
      instances.set(id, instance);
      post(instance, executionStarted(instance));
      return id;
    },
    raise(id, event, inputText) {
      const instance = instances.get(id);
      if (instance === undefined) return 'unknown';
      if (!isOpen(instance)) return 'over';
      post(instance, { EventType: EVENT.eventRaised, EventId: -1, Name: event, Input: inputText });
      return 'accepted';
    },
    purge(startedBefore) {
      const gone = [...instances.values()].filter(
        (instance) => !isOpen(instance) && instance.createdAt <= startedBefore,
      );
      for (const { id } of gone) instances.delete(id);
      return gone.length;
    },
  };
}

const executionStarted = ({ name, input }: Instance) => ({
  EventType: EVENT.executionStarted,
  EventId: -1,
  Name: name,
  Input: input,
});

/** An outcome that the history or the inbox has already. */
function isRepeated({ history, inbox }: Instance, event: Omit<DurableEvent, 'Timestamp' | 'IsPlayed'>): boolean {
  const id = event.TaskScheduledId ?? event.TimerId;
  if (id === undefined) return false;
  const isTimer = event.TimerId !== undefined;
  return [...history, ...inbox].some((known) => (isTimer ? known.TimerId : known.TaskScheduledId) === id);
}

interface OrchestratorState {
  readonly isDone: boolean;
  readonly actions: readonly (readonly Action[])[];
  readonly output?: unknown;
  readonly error?: string;
}

/** What the real SDK gives, so it is not checked again. */
const readState = (value: unknown): OrchestratorState => value as OrchestratorState;
