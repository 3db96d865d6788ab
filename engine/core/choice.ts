import type { ChoiceState } from '../asl/machine.ts';
import { EvaluationError } from '../data/evaluation.ts';
import { holds } from './compare.ts';
import { effectiveInput, leaveWithInput } from './data-flow.ts';
import { type Draft, mustRun } from './draft.ts';
import { exitState, scopesOf } from './leave-state.ts';

/** Goes where the first rule that holds points to. (ASL spec, "Choice State") */
export function choose(draft: Draft, frameId: string, state: ChoiceState): void {
  const { input } = mustRun(draft, frameId);
  const scopes = scopesOf(draft, frameId);
  const scope = scopes(effectiveInput(state.flow, input, scopes));
  const index = state.choices.findIndex(({ condition }) => holds(condition, scope));
  const rule = state.choices[index];
  const next = rule?.next ?? state.default;
  if (next === undefined)
    throw new EvaluationError(
      'States.Runtime', // as recorded on AWS; `States.NoChoiceMatched` is in the specification only
      `Failed to transition out of the state. The state does not point to a next state.`,
    );
  draft.context.watch?.({ kind: 'rule', state: state.name, index: rule === undefined ? undefined : index });
  exitState(draft, frameId, leaveWithInput(state.flow, input, scopes, rule), next);
}
