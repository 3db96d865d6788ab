import type { WaitState } from '../asl/machine.ts';
import { EvaluationError, type Scope } from '../data/evaluation.ts';
import { type EpochMs, plusSeconds } from '../data/instant.ts';
import { type Json, shownJson } from '../data/json.ts';
import { effectiveInput, leaveWithInput } from './data-flow.ts';
import { type Draft, mustRun, open, update } from './draft.ts';
import { valueOf } from './dynamic.ts';
import { exitState, scopesOf } from './leave-state.ts';
import { MAX_WAIT_SECONDS } from './limits.ts';
import { parseTimestamp } from '../asl/timestamp.ts';

/** Sets the timer that ends the state; a moment that has passed ends it at once. (ASL spec, "Wait State") */
export function startWait(draft: Draft, frameId: string, state: WaitState): void {
  const scopes = scopesOf(draft, frameId);
  const scope = scopes(effectiveInput(state.flow, mustRun(draft, frameId).input, scopes));
  const { now } = draft.context;
  const until = state.until.kind === 'seconds' ? plusSeconds(now, secondsOf(state, scope)) : momentOf(state, scope);
  if (until <= now) return endWait(draft, frameId, state);
  if (until > plusSeconds(now, MAX_WAIT_SECONDS)) throw wrong(state, 'Wait state delay is too long.');
  const timer = `wait-${draft.lastEventId}`;
  update(draft, frameId, { doing: { phase: 'waiting', timer } });
  open(draft, { kind: 'SetTimer', id: timer, frame: frameId, at: until });
}

export function endWait(draft: Draft, frameId: string, state: WaitState): void {
  const leaving = leaveWithInput(state.flow, mustRun(draft, frameId).input, scopesOf(draft, frameId));
  exitState(draft, frameId, leaving, state.next);
}

function secondsOf(state: WaitState, scope: Scope): number {
  const { value: field } = state.until;
  const value = found(state, scope);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  if (field.kind !== 'path') throw wrong(state, `The Seconds field cannot be parsed as a long value: ${shown(value)}`);
  const place = `${field.path.text} == ${shown(value)}`;
  throw typeof value === 'number' && Number.isInteger(value)
    ? wrong(state, `The SecondsPath parameter references a negative value: ${place}`)
    : wrong(state, `The SecondsPath parameter cannot be parsed as a long value: ${place}`);
}

function momentOf(state: WaitState, scope: Scope): EpochMs {
  const { value: field } = state.until;
  const value = found(state, scope);
  const moment = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (moment !== undefined) return moment;
  const format = 'ISO-8601 extended offset date-time format string';
  throw field.kind === 'path'
    ? wrong(
        state,
        `The TimestampPath parameter does not reference a valid ${format}: ${field.path.text} == ${shown(value)}`,
      )
    : wrong(state, `The Timestamp field cannot be parsed as an ${format}: ${shown(value)}`);
}

function found(state: WaitState, scope: Scope): Json {
  const { kind, value: field } = state.until;
  const value = field.kind === 'path' ? field.path.find(scope) : valueOf(field, scope);
  if (value !== undefined) return value;
  const name = kind === 'seconds' ? 'SecondsPath' : 'TimestampPath';
  throw wrong(
    state,
    `The ${name} parameter does not reference an input value: ${field.kind === 'path' ? field.path.text : ''}`,
  );
}

const shown = (value: Json): string => (typeof value === 'string' ? value : shownJson(value));

const wrong = ({ flow, until }: WaitState, cause: string): EvaluationError =>
  flow.language === 'JSONata'
    ? new EvaluationError('States.QueryEvaluationError', cause, until.kind === 'seconds' ? 'Seconds' : 'Timestamp')
    : new EvaluationError('States.Runtime', cause);
