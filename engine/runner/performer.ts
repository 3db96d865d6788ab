import { toEpochMs } from '../data/instant.ts';
import { type Effect, type ExecutionEvent, taskEffect } from '../core/index.ts';
import type { ExecutionLog } from './execution-log.ts';
import type { ActivityDesk } from './activity-desk.ts';
import { type ChildExecutions, childExecutions, type ChildOutcome, type ChildStarter } from './child-executions.ts';
import type { Letter } from './mailboxes.ts';
import { mapRunPerformer, type MapRunWork } from './map-run/perform-map-runs.ts';
import type { Clock, EventSink, ExecutionArn, TaskDispatcher } from './ports.ts';
import { createTimers } from './timers.ts';

/** Does what committed steps ask for, and undoes it when a later step takes it back. */
export interface Performer {
  perform(arn: ExecutionArn, effect: Effect): void;
  withdraw(arn: ExecutionArn, effectId: string): void;
  close(): void;
}

export interface PerformerOptions extends Pick<ChildStarter, 'stop'>, Omit<MapRunWork, 'timers' | 'start'> {
  readonly start: ChildStarter['start'] & MapRunWork['start'];
  readonly dispatcher: TaskDispatcher;
  /** Absent: nobody listens. */
  readonly events: EventSink | undefined;
  readonly desk: ActivityDesk;
  readonly log: Pick<ExecutionLog, 'perform'>;
  readonly clock: Clock;
  readonly post: (arn: ExecutionArn, letter: Letter) => void;
  /** An effect without an outcome was performed and may leave the outbox. */
  readonly done: (arn: ExecutionArn, effectId: string) => void;
  /** In place of the executions that tasks start. */
  readonly tasks: ChildExecutions | undefined;
}

/** Before an event that was not taken is given again. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

export function createPerformer(options: PerformerOptions): Performer {
  const { dispatcher, desk, log, events, clock, post, done, onProblem } = options;
  const timers = createTimers(clock);
  const children = options.tasks ?? childExecutions(options);
  const mapRuns = mapRunPerformer({ ...options, timers });

  function runTask(arn: ExecutionArn, effect: Extract<Effect, { kind: 'RunTask' }>): void {
    const { id, frame, key, resource, input, token, deadline } = effect;
    if (isActivity(resource) && token !== undefined) {
      const offer = { key: `${arn}#${id}`, execution: arn, frame, attempt: key, token, input: JSON.stringify(input) };
      return desk.offer({ ...offer, activityArn: resource });
    }
    const task = { key: `${arn}#${id}`, execution: arn, resource, input, taskToken: token, deadline };
    const report = (outcome: ChildOutcome) => post(arn, { event: reported(frame, key, token, outcome) });
    if (children.knows(resource)) children.dispatch(task, { arn, frame, key }, report);
    else dispatcher.dispatch(task, report);
  }

  function stopChild(arn: ExecutionArn, { id, frame, key, input }: Extract<Effect, { kind: 'StopChild' }>): void {
    const call = { key: `${arn}#${taskEffect(key)}`, input };
    children.stop(call, { arn, frame, key }).then(
      () => done(arn, id),
      (thrown: unknown) => onProblem('a child execution could not be stopped; the next start tries again', arn, thrown),
    );
  }

  /** A sink that does not take an event is asked again, ever more rarely. */
  function announce(arn: ExecutionArn, effect: Extract<Effect, { kind: 'Announce' }>, pauseMs = FIRST_PAUSE_MS): void {
    const again = () => announce(arn, effect, Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
    const taken = events === undefined ? Promise.resolve() : events.put(effect.event);
    taken.then(
      () => done(arn, effect.id),
      () => timers.set(`${arn}#${effect.id}`, toEpochMs(clock.now() + pauseMs), again),
    );
  }

  return {
    perform(arn, effect) {
      switch (effect.kind) {
        case 'RunTask':
          return runTask(arn, effect);
        case 'SetTimer':
          return timers.set(`${arn}#${effect.id}`, effect.at, () =>
            post(arn, { event: { kind: 'TimerFired', id: effect.id, frame: effect.frame } }),
          );
        case 'Continue':
          return post(arn, { event: { kind: 'Continued', id: effect.id } });
        case 'Announce':
          return announce(arn, effect);
        case 'Log':
          return log.perform(arn, effect);
        case 'Deliver':
          return post(effect.to, { event: effect.event, answered: () => done(arn, effect.id) });
        case 'StopChild':
          return stopChild(arn, effect);
        default:
          return mapRuns.perform(arn, effect);
      }
    },
    withdraw(arn, effectId) {
      const name = `${arn}#${effectId}`;
      timers.cancel(name);
      dispatcher.cancel(name);
      mapRuns.withdraw(arn, effectId);
      desk.withdraw(name);
    },
    close: timers.cancelAll,
  };
}

/** `arn:aws:states:<region>:<account>:activity:<name>` */
const isActivity = (resource: string): boolean => /^arn:[^:]+:states:[^:]*:[^:]*:activity:/.test(resource);

/** With a task token the worker's answer only says that it took the work; the token's holder gives the outcome. */
function reported(frame: string, key: string, token: string | undefined, outcome: ChildOutcome): ExecutionEvent {
  if (outcome.kind === 'failed') {
    const { error, cause } = outcome;
    return { kind: 'TaskFailed', frame, key, failure: { error, cause } };
  }
  const submitted = outcome.kind === 'submitted' || token !== undefined;
  return { kind: submitted ? 'TaskSubmitted' : 'TaskSucceeded', frame, key, output: outcome.output };
}
