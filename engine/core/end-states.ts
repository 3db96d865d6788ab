import type { FailState, SucceedState } from '../asl/machine.ts';
import type { Scope } from '../data/evaluation.ts';
import { effectiveInput, leaveWithInput, withinLimit } from './data-flow.ts';
import { type Draft, mustRun } from './draft.ts';
import { valueOf } from './dynamic.ts';
import { endScopeFailed } from './end-scope.ts';
import { exitState, scopesOf } from './leave-state.ts';

/** Ends its scope well. (ASL spec, "Succeed State") */
export function succeed(draft: Draft, frameId: string, state: SucceedState): void {
  const leaving = leaveWithInput(state.flow, mustRun(draft, frameId).input, scopesOf(draft, frameId));
  exitState(draft, frameId, leaving, null);
}

/** Fails its scope; nothing in the scope can catch it. (ASL spec, "Fail State") */
export function fail(draft: Draft, frameId: string, state: FailState): void {
  const scopes = scopesOf(draft, frameId);
  const scope = scopes(effectiveInput(state.flow, mustRun(draft, frameId).input, scopes));
  endScopeFailed(draft, frameId, { error: textOf(state, 'error', scope), cause: textOf(state, 'cause', scope) });
}

function textOf(state: FailState, part: 'error' | 'cause', scope: Scope): string | undefined {
  const field = state[part];
  if (field === undefined) return undefined;
  const value = withinLimit(state.name, valueOf(field, scope));
  return typeof value === 'string' ? value : JSON.stringify(value);
}
