import type { PassState } from '../asl/machine.ts';
import type { Json } from '../data/json.ts';
import { argumentsOf, leaveWithInput, leaveWithResult } from './data-flow.ts';
import { type Draft, mustRun } from './draft.ts';
import { exitState, scopesOf } from './leave-state.ts';

/** Hands on its input, its `Result`, or what its `Parameters` or `Output` make of it. (ASL spec, "Pass State") */
export function pass(draft: Draft, frameId: string, state: PassState): void {
  const { input } = mustRun(draft, frameId);
  const scopes = scopesOf(draft, frameId);
  const leaving =
    state.flow.language === 'JSONata'
      ? leaveWithInput(state.flow, input, scopes)
      : leaveWithResult(state.flow, input, resultOf(draft, frameId, state), scopes);
  exitState(draft, frameId, leaving, state.next);
}

function resultOf(draft: Draft, frameId: string, { flow, result }: PassState): Json {
  const scopes = scopesOf(draft, frameId);
  if (result !== undefined) return scopes.seen('result', result);
  return argumentsOf(flow, mustRun(draft, frameId).input, scopes);
}
