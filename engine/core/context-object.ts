import { isoText } from '../data/instant.ts';
import type { Json, JsonObject } from '../data/json.ts';
import type { Scope } from '../data/evaluation.ts';
import { type Draft, frameOf, mustRun, startFrame, stateOf } from './draft.ts';
import type { RunFrame, StartFrame } from './execution.ts';

/** What an expression of this frame's state sees, with `input` as `$`. */
export function scopeFor(draft: Draft, frame: RunFrame, input: Json, more: ScopeExtras = {}): Scope {
  let context: JsonObject | undefined;
  return {
    input,
    /** Made when an expression asks for it: most do not. */
    get context() {
      return (context ??= contextObject(draft, frame, more));
    },
    variables: visibleVariables(draft, frame),
    ...(more.result === undefined ? {} : { result: more.result }),
    ...(more.errorOutput === undefined ? {} : { errorOutput: more.errorOutput }),
    now: draft.context.now,
    random: draft.random,
    effort: draft.effort,
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
  readonly key?: string | undefined;
  /** Distributed Maps only: where it comes from. */
  readonly source?: string | undefined;
}

/** The context object (Step Functions guide, "Accessing execution data from the Context object"). */
function contextObject(draft: Draft, frame: RunFrame, { token, item }: ScopeExtras): JsonObject {
  const current = item ?? itemOf(draft, frame);
  return {
    ...(draft.context.alone?.contextObject ?? executionContext(draft, frame, token)),
    ...(current === undefined ? {} : { Map: { Item: itemFacts(current) } }),
  };
}

function executionContext(draft: Draft, frame: RunFrame, token: string | undefined): JsonObject {
  const start = startFrame(draft);
  return {
    Execution: {
      Id: start.arn,
      Input: start.input,
      Name: start.name,
      RoleArn: start.roleArn,
      StartTime: isoText(start.startedAt),
      ...redriven(start),
    },
    StateMachine: { Id: start.machineArn, Name: start.machineName },
    State: { Name: frame.state, EnteredTime: isoText(frame.enteredAt), ...retryCount(draft, frame) },
    ...(token === undefined ? {} : { Task: { Token: token } }),
  };
}

/** Only states that can be retried say how often they were. */
function retryCount(draft: Draft, frame: RunFrame): JsonObject {
  if (!['Task', 'Parallel', 'Map'].includes(stateOf(draft, frame).type)) return {};
  return { RetryCount: frame.retries.reduce((sum, used) => sum + used, 0) };
}

const itemFacts = ({ index, value, key, source }: MapItem): JsonObject => ({
  Index: index,
  ...(key === undefined ? {} : { Key: key }),
  Value: value,
  ...(source === undefined ? {} : { Source: source }),
});

function redriven({ redrives = [] }: StartFrame): JsonObject {
  const last = redrives.at(-1);
  return { RedriveCount: redrives.length, ...(last === undefined ? {} : { RedriveTime: isoText(last.at) }) };
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
