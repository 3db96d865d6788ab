import { isoText } from '../data/instant.ts';
import type { Json, JsonObject } from '../data/json.ts';
import type { Scope } from '../data/evaluation.ts';
import { type Draft, frameOf, mustRun, startFrame } from './draft.ts';
import type { RunFrame } from './execution.ts';

/** What an expression of this frame's state sees, with `input` as `$`. */
export function scopeFor(draft: Draft, frame: RunFrame, input: Json, more: ScopeExtras = {}): Scope {
  return {
    input,
    context: contextObject(draft, frame, more),
    variables: visibleVariables(draft, frame),
    ...(more.result === undefined ? {} : { result: more.result }),
    ...(more.errorOutput === undefined ? {} : { errorOutput: more.errorOutput }),
    now: draft.context.now,
    random: draft.random,
  };
}

export interface ScopeExtras {
  readonly result?: Json;
  readonly errorOutput?: Json;
  readonly token?: string | undefined;
  /** The iteration about to start, for an ItemSelector. */
  readonly item?: MapItem;
}

export interface MapItem {
  readonly index: number;
  readonly value: Json;
}

/** The context object (Step Functions guide, "Accessing execution data from the Context object"). */
function contextObject(draft: Draft, frame: RunFrame, { token, item }: ScopeExtras): JsonObject {
  const start = startFrame(draft);
  const current = item ?? itemOf(draft, frame);
  return {
    Execution: {
      Id: start.arn,
      Input: start.input,
      Name: start.name,
      RoleArn: start.roleArn,
      StartTime: isoText(start.startedAt),
      RedriveCount: 0,
    },
    StateMachine: { Id: start.machineArn, Name: start.machineName },
    State: {
      Name: frame.state,
      EnteredTime: isoText(frame.enteredAt),
      RetryCount: frame.retries.reduce((sum, used) => sum + used, 0),
    },
    ...(token === undefined ? {} : { Task: { Token: token } }),
    ...(current === undefined ? {} : { Map: { Item: { Index: current.index, Value: current.value } } }),
  };
}

/** The item of the nearest Map iteration around a frame. */
function itemOf(draft: Draft, frame: RunFrame): MapItem | undefined {
  for (let inner = frame; inner.parent !== null; ) {
    const outer = mustRun(draft, inner.parent);
    const items = outer.doing.phase === 'map' ? frameOf(draft, itemsId(outer.id)) : undefined;
    if (items?.kind === 'items') return { index: inner.index, value: items.items[inner.index] ?? null };
    inner = outer;
  }
  return undefined;
}

/** Where a running Map keeps its items. */
export const itemsId = (mapFrameId: string): string => `${mapFrameId}/items`;

/** Variables of the frame and of every frame around it. A definition that shadows a name is refused, so order is free. */
function visibleVariables(draft: Draft, frame: RunFrame): JsonObject {
  if (frame.parent === null) return frame.variables;
  return { ...visibleVariables(draft, mustRun(draft, frame.parent)), ...frame.variables };
}
