import type { ChoiceRule, Flow } from '../asl/machine.ts';
import { EvaluationError, type Path, type Scope } from '../data/evaluation.ts';
import { deepestNesting, excess, isObject, type Json, type JsonObject } from '../data/json.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';
import type { Stage } from './watch.ts';

/** Makes a scope with this value as `$`. */
export interface ScopeWith {
  (input: Json, more?: { readonly result?: Json; readonly errorOutput?: Json }): Scope;
  /** Shows a value on its way to whoever looks on, and gives it. */
  readonly seen: <Value extends Json>(stage: Stage, value: Value) => Value;
}

/** What leaves a state: its output, and the variables it assigned. */
export interface Leaving {
  readonly output: Json;
  readonly assigned: JsonObject;
}

/** The state's input as its own fields see it: JSONPath narrows it with InputPath, JSONata takes it whole. */
export function effectiveInput(flow: Flow, raw: Json, scope: ScopeWith): Json {
  if (flow.language === 'JSONata') return raw;
  return scope.seen('afterInputPath', flow.inputPath === null ? {} : flow.inputPath.evaluate(scope(raw)));
}

/** What the state works on: `Parameters` of the effective input, or `Arguments`. */
export function argumentsOf(flow: Flow, raw: Json, scope: ScopeWith): Json {
  if (flow.language === 'JSONata')
    return scope.seen('afterArguments', flow.arguments === undefined ? raw : flow.arguments.evaluate(scope(raw)));
  const input = effectiveInput(flow, raw, scope);
  return scope.seen('afterParameters', flow.parameters === undefined ? input : flow.parameters.evaluate(scope(input)));
}

/**
 * Output and variables of a state with a result (Task, Pass, Parallel, Map). Both are computed from the same
 * snapshot: what is assigned here is not yet visible to Output. (ASL spec, "Input and Output Processing", "Assign")
 */
export function leaveWithResult(flow: Flow, raw: Json, result: Json, scope: ScopeWith): Leaving {
  if (flow.language === 'JSONata') {
    const after = scope(raw, { result });
    const assigned = assignedBy(flow.assign, after);
    return { assigned, output: flow.output === undefined ? result : flow.output.evaluate(after) };
  }
  const selected = flow.resultSelector === undefined ? result : flow.resultSelector.evaluate(scope(result));
  scope.seen('afterResultSelector', selected);
  const assigned = assignedBy(flow.assign, scope(selected));
  const placed = flow.resultPath === null ? raw : flow.resultPath.write(raw, selected);
  scope.seen('afterResultPath', placed);
  return { assigned, output: through(flow.outputPath, placed, scope) };
}

/** Output and variables of a state without a result (Choice, Wait, Succeed). A matched rule's own fields replace the state's. */
export function leaveWithInput(
  flow: Flow,
  raw: Json,
  scope: ScopeWith,
  rule?: Pick<ChoiceRule, 'output' | 'assign'>,
): Leaving {
  if (flow.language === 'JSONata') {
    const template = rule === undefined ? flow.output : rule.output;
    const assigned = assignedBy(rule === undefined ? flow.assign : rule.assign, scope(raw));
    return { assigned, output: template === undefined ? raw : template.evaluate(scope(raw)) };
  }
  const input = effectiveInput(flow, raw, scope);
  const assigned = assignedBy(rule === undefined ? flow.assign : rule.assign, scope(input));
  return { assigned, output: through(flow.outputPath, input, scope) };
}

export function assignedBy(assign: { evaluate(scope: Scope): Json } | undefined, scope: Scope): JsonObject {
  const assigned = assign?.evaluate(scope) ?? {};
  return isObject(assigned) ? assigned : {};
}

const through = (path: Path | null, value: Json, scope: ScopeWith): Json =>
  path === null ? {} : path.evaluate(scope(value));

/**
 * A value that may be stored: it has at most 256 KiB, and is nested no deeper than AWS reads.
 * @param name the state or task that made it
 * @throws EvaluationError `States.DataLimitExceeded`, or `States.Runtime` when it is nested too deeply
 */
export function withinLimit<Value extends Json | undefined>(
  name: string,
  value: Value,
  bytes = MAX_PAYLOAD_BYTES,
): Value {
  const failure = value === undefined ? undefined : overLimit(name, value, bytes);
  if (failure === undefined) return value;
  throw new EvaluationError(failure.error, failure.cause);
}

/** Why a value may not be stored; undefined when it may. */
export function overLimit(name: string, value: Json, bytes = MAX_PAYLOAD_BYTES) {
  const over = excess(value, bytes);
  if (over === 'size')
    return {
      error: 'States.DataLimitExceeded',
      cause: `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    };
  if (over === 'depth')
    return {
      error: 'States.Runtime',
      cause: `The state/task '${name}' returned a result that is nested more than ${deepestNesting} levels deep.`,
    };
  return undefined;
}
