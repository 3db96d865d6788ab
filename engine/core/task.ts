import type { Resource, TaskState } from '../asl/machine.ts';
import { EvaluationError } from '../data/evaluation.ts';
import { plusSeconds } from '../data/instant.ts';
import { isObject, type Json } from '../data/json.ts';
import { argumentsOf, leaveWithResult, overLimit, withinLimit } from './data-flow.ts';
import { close, type Draft, mustRun, open, startFrame, update } from './draft.ts';
import { numberIn } from './dynamic.ts';
import type { Effect, Failure, RunFrame } from './execution.ts';
import { failState } from './fail-state.ts';
import { exitState, scopesOf } from './leave-state.ts';
import { MAX_TIMEOUT_SECONDS } from './limits.ts';
import { closeEffects, taskEffect } from './stop-children.ts';
import {
  recordActivityStarted,
  recordFailed,
  recordScheduled,
  recordStarted,
  recordSubmitted,
  recordSucceeded,
} from './task-events.ts';
import { makeToken } from './task-token.ts';

/** Schedules an attempt of a Task: the events, the timers, and the call as an effect. (ASL spec, "Task State") */
export function startTask(draft: Draft, frameId: string, state: TaskState): void {
  const frame = mustRun(draft, frameId);
  const { resource } = state;
  const key = String(draft.lastEventId + 1); // the id its scheduled event will have
  const isActivity = resource.kind === 'activity';
  if (isActivity && draft.context.hasActivity?.(resource.arn) === false)
    throw new EvaluationError('States.Runtime', `The activity ${resource.arn} does not exist.`);
  const waits = isActivity || (resource.kind === 'service' && resource.pattern === 'waitForTaskToken');
  const token = waits ? makeToken({ arn: startFrame(draft).arn, frame: frameId, key }, draft.random.hex()) : undefined;
  const scopes = scopesOf(draft, frameId, token);

  const input = withinLimit(state.name, argumentsOf(state.flow, frame.input, scopes));
  const scope = scopes(frame.input);
  const timeoutSeconds = state.timeoutSeconds && numberIn(state.timeoutSeconds, scope, MAX_TIMEOUT_SECONDS);
  const heartbeatSeconds = state.heartbeatSeconds && numberIn(state.heartbeatSeconds, scope, MAX_TIMEOUT_SECONDS);
  const credentials = withinLimit(state.name, state.credentials?.evaluate(scope));

  recordScheduled(draft, frameId, resource, { input, timeoutSeconds, heartbeatSeconds, roleArn: roleIn(credentials) });
  const limits = { timeoutSeconds, heartbeatSeconds };
  const timers = { timeoutTimer: undefined, heartbeatTimer: undefined };
  const child = startsChild(resource) ? input : undefined;
  update(draft, frameId, { doing: { phase: 'task', key, token, submitted: false, child, ...timers, ...limits } });
  const limited = timeoutSeconds !== undefined && !isActivity;
  const deadline = limited ? plusSeconds(draft.context.now, timeoutSeconds) : undefined;
  const call = { frame: frameId, key, resource: resource.arn, input, token, credentials, deadline };
  open(draft, { kind: 'RunTask', id: taskEffect(key), ...call });
  if (isActivity) return; // it starts when a worker takes it
  recordStarted(draft, frameId, resource);
  armTimers(draft, frameId);
}

/** Starts the clocks of the attempt that the frame is at. */
function armTimers(draft: Draft, frameId: string): void {
  const { doing } = mustRun(draft, frameId);
  if (doing.phase !== 'task') return;
  const { key, timeoutSeconds = MAX_TIMEOUT_SECONDS, heartbeatSeconds } = doing;
  const timeoutTimer = timeoutSeconds >= MAX_TIMEOUT_SECONDS ? undefined : `timeout-${key}`;
  const heartbeatTimer = heartbeatSeconds === undefined ? undefined : `heartbeat-${key}`;
  update(draft, frameId, { doing: { ...doing, timeoutTimer, heartbeatTimer } });
  if (timeoutTimer !== undefined) open(draft, timerAfter(draft, frameId, timeoutTimer, timeoutSeconds));
  if (heartbeatTimer !== undefined) open(draft, timerAfter(draft, frameId, heartbeatTimer, heartbeatSeconds ?? 0));
}

/** A worker took the task; from now on its time runs. (Step Functions guide, "Activities") */
export function activityTaken(
  draft: Draft,
  frameId: string,
  state: TaskState,
  doing: TaskDoing,
  workerName: string | undefined,
): void {
  if (doing.submitted) return;
  recordActivityStarted(draft, frameId, state.resource, workerName);
  update(draft, frameId, { doing: { ...doing, submitted: true } });
  close(draft, taskEffect(doing.key));
  armTimers(draft, frameId);
}

const roleIn = (credentials: Json | undefined): string | undefined => {
  const role = isObject(credentials) ? credentials['RoleArn'] : undefined;
  return typeof role === 'string' ? role : undefined;
};

const timerAfter = (draft: Draft, frame: string, id: string, seconds: number): Effect => ({
  kind: 'SetTimer',
  id,
  frame,
  at: plusSeconds(draft.context.now, seconds),
});

/** `states:startExecution.sync` and `.sync:2` */
const startsChild = (resource: Resource): boolean =>
  resource.kind === 'service' && resource.service === 'states' && resource.pattern.startsWith('sync');

/** The open attempt with this key; undefined when it is over, so that late and repeated results change nothing. */
export function openAttempt(frame: RunFrame | undefined, key: string): TaskDoing | undefined {
  const doing = frame?.doing;
  return doing?.phase === 'task' && doing.key === key ? doing : undefined;
}

export type TaskDoing = Extract<RunFrame['doing'], { phase: 'task' }>;

/** The service took the work; its end comes later, by token or when the child execution ends. */
export function taskSubmitted(draft: Draft, frameId: string, state: TaskState, doing: TaskDoing, output: Json): void {
  if (doing.submitted) return;
  recordSubmitted(draft, frameId, state.resource, output);
  update(draft, frameId, { doing: { ...doing, submitted: true } });
  // A token's holder answers by itself. A child execution stays tied to the effect, so that it can be stopped.
  if (doing.token !== undefined) close(draft, taskEffect(doing.key));
}

export function taskSucceeded(draft: Draft, frameId: string, state: TaskState, output: Json): void {
  childEnded(draft, frameId);
  const { resource } = state;
  const over = overLimit(resource.kind === 'service' ? resource.service : resource.arn, output);
  if (over !== undefined) return taskFailed(draft, frameId, state, over);
  closeEffects(draft, mustRun(draft, frameId));
  recordSucceeded(draft, frameId, state.resource, output);
  const scopes = scopesOf(draft, frameId);
  const leaving = leaveWithResult(state.flow, mustRun(draft, frameId).input, scopes.seen('result', output), scopes);
  exitState(draft, frameId, leaving, state.next);
}

/** Whoever reports an outcome has ended: a child execution needs no stopping any more. */
function childEnded(draft: Draft, frameId: string): void {
  const { doing } = mustRun(draft, frameId);
  if (doing.phase === 'task' && doing.child !== undefined)
    update(draft, frameId, { doing: { ...doing, child: undefined } });
}

export function taskFailed(draft: Draft, frameId: string, state: TaskState, failure: Failure): void {
  childEnded(draft, frameId);
  recordFailed(draft, frameId, state.resource, 'Failed', failure);
  failState(draft, frameId, failure);
}

/** TimeoutSeconds passed, or a heartbeat did not come: both are `States.Timeout`, without a cause. */
export function taskTimedOut(draft: Draft, frameId: string, state: TaskState, missed: 'timeout' | 'heartbeat'): void {
  const failure: Failure = {
    error: 'States.Timeout',
    cause: undefined,
    ...(missed === 'heartbeat' ? { kind: missed } : {}),
  };
  recordFailed(draft, frameId, state.resource, 'TimedOut', failure);
  failState(draft, frameId, failure);
}

/** A sign of life: the heartbeat timer starts again from now. */
export function heartbeat(draft: Draft, frameId: string, { heartbeatTimer, heartbeatSeconds }: TaskDoing): void {
  if (heartbeatTimer === undefined || heartbeatSeconds === undefined) return;
  open(draft, timerAfter(draft, frameId, heartbeatTimer, heartbeatSeconds));
}
