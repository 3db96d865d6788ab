import type { Json } from '../data/json.ts';
import { nameUuid } from '../data/name-uuid.ts';
import { childInput, mapAt } from './child-input.ts';
import { flattened, transformed } from './child-result.ts';
import { itemsId } from './context-object.ts';
import { withinLimit } from './data-flow.ts';
import { close, type Draft, frameOf, mustRun, open, put, remove, startFrame } from './draft.ts';
import { mapRunEffects, mapRunOf, saveRun, stopChildExecutions, unsuccessful } from './end-map-run.ts';
import type { ChildItems, ExecutionEvent, ItemsFrame, MapRunDoing } from './execution.ts';
import { failState } from './fail-state.ts';
import { succeedMapRun } from './leave-map-run.ts';
import { CHILDREN_PER_STEP, MAX_CHILD_CONCURRENCY } from './limits.ts';
import { exceeds, TOO_MANY_FAILED, withEnded, withItems, withRedriven, withStarted } from './map-run-counts.ts';

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

/** Starts executions, those to be redriven first, until the concurrency is used, the items are, or the step did its share. */
export function startChildren(draft: Draft, frameId: string): void {
  const { run } = mustBeAt(draft, frameId);
  const limit = Math.min(run.maxConcurrency || Infinity, MAX_CHILD_CONCURRENCY);
  for (let started = 0; ; started++) {
    const doing = mustBeAt(draft, frameId);
    const { running, pendingRedrive } = doing.run.executionCounts;
    const hasMore = pendingRedrive > 0 || doing.nextItem < doing.run.itemCounts.total;
    if (!hasMore && running === 0) return finish(draft, frameId, doing);
    if (!hasMore || running >= limit) return;
    if (started === CHILDREN_PER_STEP) return open(draft, { kind: 'Continue', id: mapRunEffects.goOn(run.arn) });
    if (pendingRedrive > 0) startAgain(draft, frameId, doing);
    else startNext(draft, frameId, doing);
  }
}

/** Starts an execution with the next items. */
function startNext(draft: Draft, frameId: string, doing: MapRunDoing): void {
  const { run, nextChild: index, nextItem: first, batch } = doing;
  const { input, items } = childInput(draft, frameId, doing, first, run.itemCounts.total);
  openChild(draft, frameId, doing, { index, first, items, input });
  saveRun(draft, frameId, {
    ...doing,
    nextItem: first + items,
    nextChild: index + 1,
    run: withStarted(run, items, batch !== undefined),
  });
}

/** Runs the next execution again that was unsuccessful in an earlier round. */
function startAgain(draft: Draft, frameId: string, doing: MapRunDoing): void {
  for (let index = doing.redriving?.next ?? Infinity; index < (doing.redriving?.end ?? 0); index++) {
    const found = frameOf(draft, childId(frameId, doing, index));
    const child = found?.kind === 'ended' ? found.unsuccessful : undefined;
    if (child === undefined || doing.redriving === undefined) continue;
    const { input } = childInput(draft, frameId, doing, child.first, child.first + child.items);
    openChild(draft, frameId, doing, { index, ...child, input });
    saveRun(draft, frameId, { ...doing, ...withRedriven(doing.run, doing.redriving, { index, ...child }) });
    return;
  }
  throw new Error(`${doing.run.arn} counts executions to be redriven that it does not have`);
}

function openChild(
  draft: Draft,
  frameId: string,
  { run, ...doing }: MapRunDoing,
  { index, first, items, input }: ChildItems & { readonly index: number; readonly input: Json },
): void {
  const state = mapAt(draft, frameId);
  if (state.distributed === undefined) throw new Error(`"${state.name}" has no Map Run`);
  withinLimit(state.name, input);
  const round = run.redriveCount === undefined ? {} : { round: run.redriveCount };
  put(draft, childId(frameId, doing, index), { kind: 'child', index, first, items, ...round });
  open(draft, {
    kind: 'StartChild',
    id: mapRunEffects.child(run.arn, index),
    machineArn: run.machineArn,
    executionType: state.distributed.executionType,
    name: nameUuid(`${run.arn}#${index}`),
    input,
    waiter: { arn: startFrame(draft).arn, frame: frameId, mapRun: run.arn, index, pattern: 'map-run', ...round },
  });
}

/** An execution ended: the next takes its place, unless too many failed. Late and repeated news change nothing. */
export function childEnded(
  draft: Draft,
  doing: MapRunDoing,
  event: Extract<ExecutionEvent, { kind: 'ChildEnded' }>,
): void {
  const { frame: frameId, mapRun, index, result, isFinal = false } = event;
  const id = childId(frameId, doing, index);
  const child = frameOf(draft, id);
  if (child?.kind !== 'child' || child.round !== event.round) return;
  close(draft, mapRunEffects.child(mapRun, index));
  const { status } = result;
  const output = doing.writeTo === undefined ? transformed(result, transformationOf(draft, frameId)) : null;
  if (status !== 'SUCCEEDED') put(draft, id, unsuccessful(child, status, output));
  else if (doing.writeTo === undefined) put(draft, id, { kind: 'ended', index, output });
  else remove(draft, id);
  saveRun(draft, frameId, { ...doing, run: withEnded(doing.run, status, child.items, isFinal) });
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

const writerOf = (draft: Draft, frameId: string) => mapAt(draft, frameId).distributed?.writer;

const transformationOf = (draft: Draft, frameId: string) => writerOf(draft, frameId)?.transformation ?? 'COMPACT';

const childId = (frameId: string, { startedEventId }: Pick<MapRunDoing, 'startedEventId'>, index: number): string =>
  `${frameId}/${startedEventId}.${index}`;

function mustBeAt(draft: Draft, frameId: string): MapRunDoing {
  const doing = mapRunOf(mustRun(draft, frameId));
  if (doing === undefined) throw new Error(`frame ${frameId} has no Map Run`);
  return doing;
}
