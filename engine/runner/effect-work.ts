import { type Effect, type ExecutionEvent, taskEffect } from '../core/index.ts';
import type { ActivityDesk } from './activity-desk.ts';
import { type ChildExecutions, childExecutions, type ChildOutcome, type ChildStarter } from './child-executions.ts';
import type { ExecutionLog } from './execution-log.ts';
import { mapRunWork, type MapRunWorkOptions } from './map-run/map-run-work.ts';
import type { EventSink, ExecutionArn, TaskDispatcher } from './ports.ts';

/** Does one effect, once. When it is done, and what happens when it cannot be, is the matter of whoever asks. */
export interface EffectWork {
  /**
   * Resolves when what came of it is durable; with a timer, what its moment brings; with an activity's task, when it is
   * offered. Rejects when it could not be done. Safe to repeat.
   */
  perform(arn: ExecutionArn, effect: Effect): Promise<unknown>;
  /** The outcome no longer matters. */
  withdraw(arn: ExecutionArn, effectId: string): void;
}

export interface EffectWorkOptions extends Pick<ChildStarter, 'stop'>, Omit<MapRunWorkOptions, 'start'> {
  readonly start: ChildStarter['start'] & MapRunWorkOptions['start'];
  readonly dispatcher: TaskDispatcher;
  /** Absent: nobody listens. */
  readonly events: EventSink | undefined;
  readonly desk: ActivityDesk;
  readonly log: Pick<ExecutionLog, 'perform'>;
  /** In place of the executions that tasks start. */
  readonly tasks: ChildExecutions | undefined;
}

export function effectWork(options: EffectWorkOptions): EffectWork {
  const { dispatcher, desk, log, events, ask, done, isOpen } = options;
  const children = options.tasks ?? childExecutions(options);
  const mapRuns = mapRunWork(options);

  async function runTask(arn: ExecutionArn, effect: Extract<Effect, { kind: 'RunTask' }>): Promise<void> {
    const { id, frame, key, resource, input, token, deadline } = effect;
    const task = { key: `${arn}#${id}`, execution: arn, resource, input, taskToken: token, deadline };
    if (isActivity(resource) && token !== undefined) {
      const offer = { key: task.key, execution: arn, frame, attempt: key, token, input: JSON.stringify(input) };
      return desk.offer({ ...offer, activityArn: resource });
    }
    const outcome = await new Promise<ChildOutcome>((told) => {
      const report = (outcome: ChildOutcome) =>
        void ask(arn, { event: reported(frame, key, token, outcome) }).then(() => told(outcome));
      if (children.knows(resource)) children.dispatch(task, { arn, frame, key }, report);
      else dispatcher.dispatch(task, report);
    });
    if (outcome.kind === 'submitted' && isOpen !== undefined && !(await isOpen(arn, id)))
      await children.stop(task, { arn, frame, key });
  }

  async function perform(arn: ExecutionArn, effect: Effect): Promise<unknown> {
    switch (effect.kind) {
      case 'RunTask':
        return runTask(arn, effect);
      case 'SetTimer':
        return ask(arn, { event: { kind: 'TimerFired', id: effect.id, frame: effect.frame } });
      case 'Continue':
        return ask(arn, { event: { kind: 'Continued', id: effect.id } });
      case 'Announce':
        await events?.put(effect.event);
        return done(arn, effect.id);
      case 'Log':
        return log.perform(arn, effect);
      case 'Deliver':
        await ask(effect.to, { event: effect.event });
        return done(arn, effect.id);
      case 'StopChild': {
        const { frame, key, input } = effect;
        await children.stop({ key: `${arn}#${taskEffect(key)}`, input }, { arn, frame, key });
        return done(arn, effect.id);
      }
      default:
        return mapRuns(arn, effect);
    }
  }

  return {
    perform,
    withdraw(arn, effectId) {
      const name = `${arn}#${effectId}`;
      dispatcher.cancel(name);
      desk.withdraw(name);
    },
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
