import type { MapState } from '../asl/machine.ts';
import type { Json } from '../data/json.ts';
import { nameUuid } from '../data/name-uuid.ts';
import { type Batch, nextBatch } from './batch.ts';
import { flattened, transformed } from './child-result.ts';
import { itemsId, scopeFor } from './context-object.ts';
import { withinLimit } from './data-flow.ts';
import { close, type Draft, frameOf, mustRun, open, put, remove, startFrame, stateOf } from './draft.ts';
import { mapRunEffects, mapRunOf, saveRun, stopChildExecutions } from './end-map-run.ts';
import type { ExecutionEvent, ItemsFrame, MapRunDoing } from './execution.ts';
import { failState } from './fail-state.ts';
import { succeedMapRun } from './leave-map-run.ts';
import { sourceOf } from './item-source.ts';
import { CHILDREN_PER_STEP, MAX_CHILD_CONCURRENCY } from './limits.ts';
import { exceeds, TOO_MANY_FAILED, withEnded, withItems, withStarted } from './map-run-counts.ts';

/** The items are known: the first executions start. */
export function takeItems(draft: Draft, frameId: string, items: Omit<ItemsFrame, 'kind'>): void {
  const doing = mustBeAt(draft, frameId);
  close(draft, mapRunEffects.read(doing.run.arn));
  const { items: values, keys, sources } = items;
  put(draft, itemsId(frameId), {
    kind: 'items',
    items: values,
    ...(keys === undefined ? {} : { keys }),
    ...(sources === undefined ? {} : { sources }),
  });
  const run = withItems(doing.run, values.length, doing.batch !== undefined);
  saveRun(draft, frameId, { ...doing, stage: 'running', run });
  startChildren(draft, frameId);
}

/** Starts executions until the concurrency is used, the items are, or the step did its share. */
export function startChildren(draft: Draft, frameId: string): void {
  const { run } = mustBeAt(draft, frameId);
  const limit = Math.min(run.maxConcurrency || Infinity, MAX_CHILD_CONCURRENCY);
  for (let started = 0; ; started++) {
    const doing = mustBeAt(draft, frameId);
    const { running } = doing.run.executionCounts;
    const hasItems = doing.nextItem < doing.run.itemCounts.total;
    if (!hasItems && running === 0) return finish(draft, frameId, doing);
    if (!hasItems || running >= limit) return;
    if (started === CHILDREN_PER_STEP) return open(draft, { kind: 'Continue', id: mapRunEffects.goOn(run.arn) });
    startChild(draft, frameId, doing);
  }
}

function startChild(draft: Draft, frameId: string, doing: MapRunDoing): void {
  const frame = mustRun(draft, frameId);
  const state = stateOf(draft, frame);
  if (state.type !== 'Map' || state.distributed === undefined) throw new Error(`"${state.name}" has no Map Run`);
  const { input, items } = batchAt(draft, frameId, state, doing);
  withinLimit(state.name, input);
  const { run, nextChild: index } = doing;
  put(draft, childId(frameId, doing, index), { kind: 'child', index, items });
  open(draft, {
    kind: 'StartChild',
    id: mapRunEffects.child(run.arn, index),
    machineArn: run.machineArn,
    executionType: state.distributed.executionType,
    name: nameUuid(`${run.arn}#${index}`),
    input,
    waiter: { arn: startFrame(draft).arn, frame: frameId, mapRun: run.arn, index, pattern: 'map-run' },
  });
  saveRun(draft, frameId, {
    ...doing,
    nextItem: doing.nextItem + items,
    nextChild: index + 1,
    run: withStarted(run, items, doing.batch !== undefined),
  });
}

function batchAt(draft: Draft, frameId: string, state: MapState, doing: MapRunDoing): Batch {
  const frame = mustRun(draft, frameId);
  const found = frameOf(draft, itemsId(frameId));
  const { items, keys, sources = [] }: Omit<ItemsFrame, 'kind'> = found?.kind === 'items' ? found : { items: [] };
  const itemAt = (index: number): Json => {
    const source = sourceOf(sources, index);
    const item = { index, value: items[index] ?? null, key: keys?.[index] ?? undefined, source };
    return state.itemSelector === undefined
      ? item.value
      : state.itemSelector.evaluate(scopeFor(draft, frame, doing.input, { item }));
  };
  const { nextItem: next, batch } = doing;
  if (batch === undefined) return { input: itemAt(next), items: 1 };
  return nextBatch(batch, { next, total: items.length, itemAt });
}

/** An execution ended: the next takes its place, unless too many failed. Late and repeated news change nothing. */
export function childEnded(
  draft: Draft,
  doing: MapRunDoing,
  event: Extract<ExecutionEvent, { kind: 'ChildEnded' }>,
): void {
  const { frame: frameId, mapRun, index, result } = event;
  const id = childId(frameId, doing, index);
  const child = frameOf(draft, id);
  if (child?.kind !== 'child') return;
  close(draft, mapRunEffects.child(mapRun, index));
  if (doing.writeTo === undefined)
    put(draft, id, { kind: 'ended', index, output: transformed(result, transformationOf(draft, frameId)) });
  else remove(draft, id);
  saveRun(draft, frameId, { ...doing, run: withEnded(doing.run, result.status, child.items) });
  goOn(draft, frameId);
}

/** After news of an execution or a changed tolerance: the run fails, or starts what may run now. */
export function goOn(draft: Draft, frameId: string): void {
  const doing = mustBeAt(draft, frameId);
  if (doing.stage !== 'running') return;
  if (exceeds(doing.run, doing.tolerance)) giveUp(draft, frameId, doing);
  else startChildren(draft, frameId);
}

function giveUp(draft: Draft, frameId: string, doing: MapRunDoing): void {
  if (doing.writeTo === undefined) return failState(draft, frameId, TOO_MANY_FAILED);
  stopChildExecutions(draft, frameId, doing);
  close(draft, mapRunEffects.goOn(doing.run.arn));
  write(draft, frameId, { ...doing, failure: TOO_MANY_FAILED });
}

/** Every execution has ended. */
function finish(draft: Draft, frameId: string, doing: MapRunDoing): void {
  if (doing.writeTo !== undefined) return write(draft, frameId, doing);
  succeedMapRun(draft, frameId, (outputs) => flattened(outputs, transformationOf(draft, frameId)));
}

function write(draft: Draft, frameId: string, doing: MapRunDoing): void {
  const { run, writeTo = {}, nextItem: pendingFrom } = saveRun(draft, frameId, { ...doing, stage: 'writing' });
  const writer = writerOf(draft, frameId);
  open(draft, {
    kind: 'WriteResults',
    id: mapRunEffects.write(run.arn),
    frame: frameId,
    mapRun: run.arn,
    parameters: writeTo,
    transformation: writer?.transformation ?? 'NONE',
    outputType: writer?.outputType ?? 'JSON',
    pendingFrom,
  });
}

function writerOf(draft: Draft, frameId: string) {
  const state = stateOf(draft, mustRun(draft, frameId));
  return state.type === 'Map' ? state.distributed?.writer : undefined;
}

const transformationOf = (draft: Draft, frameId: string) => writerOf(draft, frameId)?.transformation ?? 'COMPACT';

const childId = (frameId: string, { startedEventId }: MapRunDoing, index: number): string =>
  `${frameId}/${startedEventId}.${index}`;

function mustBeAt(draft: Draft, frameId: string): MapRunDoing {
  const doing = mapRunOf(mustRun(draft, frameId));
  if (doing === undefined) throw new Error(`frame ${frameId} has no Map Run`);
  return doing;
}
