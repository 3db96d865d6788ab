import type { Machine } from '../asl/machine.ts';
import {
  changedNothing,
  type Effect,
  type ExecutionEvent,
  type Failure,
  joinSteps,
  readToken,
  redrive as redriveStep,
  type Step,
  start as startStep,
  step as nextStep,
  type TokenPlace,
  type Waiter,
  type Watch,
} from '../core/index.ts';
import { randomnessOf } from '../core/randomness.ts';
import { toEpochMs } from '../data/instant.ts';
import { statusEvent } from './status-event.ts';
import { createActivityDesk } from './activity-desk.ts';
import { executionArn } from './arn.ts';
import type { ChildExecutions } from './child-executions.ts';
import { type Answer, createMailboxes, type Letter } from './mailboxes.ts';
import { compiledMachine, storedMachineAt } from './map-run/item-processors.ts';
import type { ObjectStore } from './object-store.ts';
import { createPerformer } from './performer.ts';
import type {
  Clock,
  EventSink,
  ExecutionArn,
  ExecutionStore,
  ExecutionSummary,
  Ids,
  MapRunArn,
  Page,
  StoredActivity,
  StoredMachine,
  TaskDispatcher,
} from './ports.ts';
import { notRedrivable } from './redrivable.ts';
import type { Runner, StartRequest, TokenAnswer } from './runner.ts';
import { advance, committed, createStateCache, type Loaded } from './state-cache.ts';
import { endedSummary, redrivenSummary, repeatedRedrive, runningSummary, startFacts } from './summaries.ts';

export interface RunnerOptions {
  readonly store: ExecutionStore;
  readonly dispatcher: TaskDispatcher;
  /** What distributed Maps read from and write to. Without it, one with an ItemReader fails. */
  readonly objects?: ObjectStore;
  /** Told when an execution's status changes. */
  readonly events?: EventSink | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The machine of a stored definition; called again and again for the same one, so worth remembering. */
  readonly machineOf: (stored: StoredMachine) => Machine;
  /** Told of what the runner cannot settle by itself: a store that fails, an interpreter that broke a promise. */
  readonly onProblem: (problem: string, arn: ExecutionArn, thrown: unknown) => void;
  /** Who starts executions of this machine that a task asks for; undefined for this runner itself. */
  readonly elsewhere?: (machine: StoredMachine) => Pick<Runner, 'start'> | undefined;
  /** Running executions kept in memory. */
  readonly cachedExecutions?: number;
  /** Performs the tasks it knows in the dispatcher's place; the executions that tasks start, when absent. */
  readonly tasks?: ChildExecutions;
  /** Sees what happens inside the steps. */
  readonly watch?: Watch;
}

/** What an execution has besides that another execution started. */
interface StartedBy {
  readonly waiter: Waiter;
  readonly arn: ExecutionArn;
  readonly mapRunArn: MapRunArn;
}

/** Before a commit that failed is tried again. */
const STORE_PAUSE_MS = 1000;

/** The loop of every host that has an `ExecutionStore`: load, step, commit, perform. */
export function createRunner(options: RunnerOptions): Runner {
  const { store, dispatcher, objects, events, clock, ids, machineOf, onProblem, elsewhere } = options;
  const cache = createStateCache(store, machineOf, options.cachedExecutions ?? 1000);
  const endWatchers = new Map<ExecutionArn, ((summary: ExecutionSummary) => void)[]>();
  const desk = createActivityDesk(clock);
  const hasActivity = (arn: string) => desk.known.has(arn);
  const context = () => ({ now: clock.now(), seed: ids.next(), watch: options.watch, hasActivity });

  const pause = () => new Promise<void>((resolve) => void clock.at(toEpochMs(clock.now() + STORE_PAUSE_MS), resolve));
  const mailboxes = createMailboxes({ open, pause });
  const performer = createPerformer({
    dispatcher,
    events,
    desk,
    clock,
    store,
    objects,
    onProblem,
    // What is waited for stays here: its end goes through the outbox.
    start: (request) =>
      (request.waiter === undefined && elsewhere?.(request.machine)?.start(request)) || start(request),
    stop: (arn) => ask(arn, { event: { kind: 'StopRequested', error: undefined, cause: undefined } }),
    post: mailboxes.post,
    done,
    tasks: options.tasks,
  });

  async function start({ machine, waiter, ...asked }: StartRequest & Partial<StartedBy>) {
    const arn = asked.arn ?? executionArn(machine, asked.name, ids.next);
    const running = runningSummary({ ...asked, arn, machine, startedAt: clock.now() });
    const definition = compiledMachine(machineOf, machine);
    const first = startStep(definition, startFacts(running, machine, waiter), context());
    const summary = first.end === undefined ? running : endedSummary(running, first.end, clock.now());
    const step = announcing(first, running, summary);
    if ((await store.create(summary, { ...step, summary })) === 'exists') {
      const holder = await store.summary(arn);
      if (holder === undefined) throw new Error(`the store says that ${arn} exists and does not have it`);
      return { kind: 'exists', execution: holder } as const;
    }
    const unwritten = { summary, version: 0, head: step.head, frames: {}, machine: definition };
    afterCommit(committed(advance(unwritten, step), summary), step);
    return { kind: 'started', execution: summary } as const;
  }

  /** Steps through the letters and writes what they changed, in one commit. */
  async function open(arn: ExecutionArn, letters: readonly Letter[]): Promise<'opened' | 'again'> {
    try {
      while (!(await tryOpen(arn, letters))); // another writer was faster: read again, step again
      return 'opened';
    } catch (thrown) {
      cache.forget(arn);
      onProblem('events could not be written and will be tried again', arn, thrown);
      return 'again';
    }
  }

  /** False: another writer was faster, and nothing was written. */
  async function tryOpen(arn: ExecutionArn, letters: readonly Letter[]): Promise<boolean> {
    const before = await cache.get(arn);
    const answers: Answer[] = [];
    if (before !== undefined) {
      const { now, step: taken } = stepThrough(before, letters, answers);
      if (taken !== undefined) {
        const summary = taken.end === undefined ? undefined : endedSummary(before.summary, taken.end, clock.now());
        const step = announcing(taken, before.summary, summary);
        if ((await store.commit(arn, before.version, { ...step, summary })) === 'conflict') {
          cache.forget(arn);
          return false;
        }
        afterCommit(committed(now, summary), step);
      }
    }
    for (const [i, { answered }] of letters.entries()) answered?.(answers[i] ?? 'ignored');
    return true;
  }

  /** Steps through the letters one after the other; `step` joins what they changed, undefined for nothing. */
  function stepThrough(before: Loaded, letters: readonly Letter[], answers: Answer[]) {
    let now = before;
    let joined: Step | undefined;
    for (const { event, wanted } of letters) {
      const isWanted = wanted?.(now) ?? true;
      const step = isWanted ? nextStep(now.machine, now, event, context()) : undefined;
      const changed = step !== undefined && !changedNothing(step);
      answers.push(changed || (isWanted && wanted !== undefined) ? 'taken' : 'ignored');
      if (!changed) continue;
      now = advance(now, step);
      joined = joined === undefined ? step : joinSteps(joined, step);
    }
    return { now, step: joined };
  }

  /** What is durable is remembered, and only now performed. */
  function afterCommit(loaded: Loaded, step: Step): void {
    const { arn } = loaded.summary;
    if (step.end === undefined) cache.put(loaded);
    else cache.forget(arn);
    for (const id of step.closed) performer.withdraw(arn, id);
    for (const effect of step.opened) performer.perform(arn, effect);
    if (step.end === undefined) return;
    for (const tell of endWatchers.get(arn) ?? []) tell(loaded.summary);
    endWatchers.delete(arn);
  }

  /** The step with what it has to tell: the status it starts with, when it does, and the one it ends with. */
  function announcing(step: Step, before: ExecutionSummary, after: ExecutionSummary | undefined): Step {
    if (events === undefined || after === undefined) return step;
    const starts = step.history.some(({ type }) => type === 'ExecutionStarted' || type === 'ExecutionRedriven');
    const told = [...(starts ? [before] : []), ...(step.end === undefined ? [] : [after])];
    const effects = told.map((summary): Effect => {
      const id = `announce-${summary.status}-${step.head.lastEventId}`;
      return { kind: 'Announce', id, event: statusEvent(summary, randomnessOf(ids.next()).uuid(), clock.now()) };
    });
    return { ...step, opened: [...step.opened, ...effects] };
  }

  /** Takes a performed effect out of the outbox: by a step while the execution runs, by hand when it has ended. */
  function done(arn: ExecutionArn, id: string): void {
    const answered = (answer: Answer) => void (answer === 'ignored' && leaveOutbox(arn, id));
    mailboxes.post(arn, { event: { kind: 'EffectDone', id }, answered });
  }

  async function leaveOutbox(arn: ExecutionArn, id: string): Promise<void> {
    try {
      for (let done = false; !done; ) {
        const stored = await store.load(arn);
        if (stored === undefined) return;
        const change = { head: stored.head, frames: {}, history: [], opened: [], closed: [id], summary: undefined };
        done = (await store.commit(arn, stored.version, change)) === 'committed';
      }
    } catch (thrown) {
      onProblem('an effect stays in the outbox and will be performed again', arn, thrown);
    }
  }

  async function loadActivities(): Promise<void> {
    for (let from: { from?: string } | undefined = {}; from !== undefined; ) {
      const { items, next }: Page<StoredActivity> = await store.catalog.activities.list('', { limit: 1000, ...from });
      for (const { arn } of items) desk.known.add(arn);
      from = next === undefined ? undefined : { from: next };
    }
  }

  const ask = (arn: ExecutionArn, letter: Omit<Letter, 'answered'>): Promise<Answer> =>
    new Promise((answered) => mailboxes.post(arn, { ...letter, answered }));

  async function stop(arn: ExecutionArn, { error, cause }: Failure) {
    const before = await store.summary(arn);
    if (before === undefined) return { kind: 'unknown' } as const;
    const answer = await ask(arn, { event: { kind: 'StopRequested', error, cause } });
    const execution = (await store.summary(arn)) ?? before;
    return { kind: answer === 'taken' ? 'stopped' : 'ended', execution } as const;
  }

  async function redriveExecution(arn: ExecutionArn, clientToken?: string): ReturnType<Runner['redrive']> {
    for (;;) {
      const stored = await store.load(arn);
      if (stored === undefined) return { kind: 'unknown' };
      const { summary: ended, frames, version } = stored;
      const again = repeatedRedrive(frames, clientToken, clock.now());
      if (again !== undefined) return { kind: 'redriven', at: again };
      const reason = notRedrivable(ended, clock.now());
      if (reason !== undefined) return { kind: 'refused', reason };
      if (frames['root'] === undefined)
        return { kind: 'refused', reason: 'Execution was started before the launch of RedriveExecution' };
      const stands = await storedMachineAt(store, ended.machineArn, ended.revisionId);
      if (stands === undefined) throw new Error(`${arn} runs a revision of ${ended.machineArn} that is not stored`);
      const machine = compiledMachine(machineOf, stands);
      const first = redriveStep(machine, stored, context(), clientToken);
      const redriven = redrivenSummary(ended, clock.now());
      const summary = first.end === undefined ? redriven : endedSummary(redriven, first.end, clock.now());
      const step = announcing(first, redriven, summary);
      if ((await store.commit(arn, version, { ...step, summary })) === 'conflict') continue;
      afterCommit(committed(advance({ ...stored, frames: { ...frames }, machine }, step), summary), step);
      return { kind: 'redriven', at: redriven.redrivenAt };
    }
  }

  async function byToken(token: string, event: (place: TokenPlace) => ExecutionEvent): Promise<TokenAnswer> {
    const place = readToken(token);
    if (place === undefined) return 'invalid';
    const wanted: Letter['wanted'] = ({ frames }) => {
      const frame = frames[place.frame];
      return frame?.kind === 'run' && frame.doing.phase === 'task' && frame.doing.token === token;
    };
    return (await ask(place.arn, { event: event(place), wanted })) === 'taken' ? 'accepted' : 'timed-out';
  }

  return {
    start,
    stop,
    redrive: redriveExecution,
    taskSucceeded: (token, output) =>
      byToken(token, ({ frame, key }) => ({ kind: 'TaskSucceeded', frame, key, output })),
    taskFailed: (token, failure) => byToken(token, ({ frame, key }) => ({ kind: 'TaskFailed', frame, key, failure })),
    async changeMapRun(arn, change) {
      const run = await store.mapRun(arn);
      if (run === undefined) return 'unknown';
      const event: ExecutionEvent = { kind: 'MapRunChanged', mapRun: arn, ...change };
      return (await ask(run.executionArn, { event })) === 'taken' ? 'changed' : 'ended';
    },
    taskHeartbeat: (token) => byToken(token, ({ frame, key }) => ({ kind: 'HeartbeatReceived', frame, key })),
    activities: {
      created: (arn) => void desk.known.add(arn),
      deleted: (arn) => void desk.known.delete(arn),
      take: (arn, workerName, signal) =>
        desk.take(
          arn,
          async ({ execution, frame, attempt: key }) =>
            (await ask(execution, { event: { kind: 'ActivityTaken', frame, key, workerName } })) === 'taken',
          signal,
        ),
      close: desk.close,
    },
    async recover() {
      await loadActivities();
      let count = 0;
      for await (const { arn, effect } of store.outbox()) {
        performer.perform(arn, effect);
        count++;
      }
      return count;
    },
    settled: mailboxes.settled,
    async ended(arn) {
      const ended = new Promise<ExecutionSummary>((tell) => {
        endWatchers.set(arn, [...(endWatchers.get(arn) ?? []), tell]);
      });
      const summary = await store.summary(arn);
      return summary === undefined || summary.status === 'RUNNING' ? ended : summary;
    },
    async close() {
      desk.close();
      performer.close();
      await mailboxes.close();
    },
  };
}
