import type { MapState } from '../asl/machine.ts';
import { EvaluationError, type Scope } from '../data/evaluation.ts';
import { isObject, type Json, shownJson } from '../data/json.ts';
import { itemsId, type MapItem, scopeFor } from './context-object.ts';
import { effectiveInput, withinLimit } from './data-flow.ts';
import { type Draft, frameOf, mustRun, put, record, recordOn, stateOf, update } from './draft.ts';
import { numberIn, valueOf } from './dynamic.ts';
import type { ItemsFrame, RunFrame } from './execution.ts';
import { DEFAULT_MAP_CONCURRENCY, MAX_ITEMS_BYTES } from './limits.ts';
import { finishLines, startLine } from './lines.ts';
import { scopesOf } from './leave-state.ts';

/** Reads the items and starts as many iterations as may run side by side. (ASL spec, "Map State") */
export function startMap(draft: Draft, frameId: string, state: MapState): void {
  const { input, items, maxConcurrency: asked } = readMapWork(draft, frameId, state);
  const value = { length: items.length };
  const startedEventId = recordOn(draft, frameId, 'MapStateStarted', { key: 'mapStateStartedEventDetails', value });
  put(draft, itemsId(frameId), { kind: 'items', items });
  update(draft, frameId, {
    doing: {
      phase: 'map',
      startedEventId,
      total: items.length,
      next: 0,
      open: 0,
      maxConcurrency: asked === 0 ? DEFAULT_MAP_CONCURRENCY : asked,
      input,
    },
  });
  startIterations(draft, frameId);
}

/** What a Map works on. */
export interface MapWork {
  /** The effective input, which an ItemSelector reads as `$`. */
  readonly input: Json;
  readonly items: readonly Json[];
  /** 0 for no limit of its own. */
  readonly maxConcurrency: number;
}

/** `data` stands for what an ItemReader would read. @throws EvaluationError */
export function readMapWork(draft: Draft, frameId: string, state: MapState, data?: Json): MapWork {
  const scopes = scopesOf(draft, frameId);
  const input = effectiveInput(state.flow, mustRun(draft, frameId).input, scopes);
  const scope = scopes(input);
  const items = data === undefined ? itemsOf(state, input, scope) : readItems(state, data);
  if (state.flow.language === 'JSONPath') scopes.seen('afterItemsPath', items);
  const maxConcurrency = state.maxConcurrency === undefined ? 0 : numberIn(state.maxConcurrency, scope);
  return { input, items, maxConcurrency: scopes.seen('maxConcurrency', maxConcurrency) };
}

/** The items in the state's input. @throws EvaluationError in AWS's words when there is no array */
export const itemsOf = (state: MapState, input: Json, scope: Scope): readonly Json[] =>
  withinLimit(state.name, readItems(state, itemsValue(state, input, scope)), MAX_ITEMS_BYTES);

/** As `itemsOf`, of a distributed Map: it takes the members of an object too, each with its key. @throws EvaluationError */
export function keyedItemsOf(state: MapState, input: Json, scope: Scope): Pick<ItemsFrame, 'items' | 'keys'> {
  const value = itemsValue(state, input, scope);
  if (!isObject(value)) return { items: withinLimit(state.name, readItems(state, value), MAX_ITEMS_BYTES) };
  withinLimit(state.name, value, MAX_ITEMS_BYTES);
  return { items: Object.values(value), keys: Object.keys(value) };
}

const itemsValue = (state: MapState, input: Json, scope: Scope): Json =>
  state.items === undefined ? input : valueOf(state.items, scope);

function readItems(state: MapState, value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  const shown = shownJson(value);
  if (state.flow.language === 'JSONPath')
    throw new EvaluationError('States.Runtime', `Reference path "${pathText(state)}" must point to array.`);
  if (state.items?.kind !== 'template')
    throw new EvaluationError(
      'States.QueryEvaluationError',
      `Map state input must be an array but was: ${shown}`,
      'Items',
    );
  throw new EvaluationError(
    'States.QueryEvaluationError',
    `The JSONata expression '${state.items.source}' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was '${typeName(value)}' for value: ${shown}`,
    'Items',
  );
}

/** AWS names a path into the context object by its second half. */
const pathText = ({ items }: MapState): string =>
  items?.kind === 'path' ? items.path.text.replace(/^\$\$/, '$') : '$';

const typeName = (value: Json): string => (value === null ? 'null' : typeof value);

/** Starts iterations until the concurrency is used or the items are; without any left, the state leaves. */
function startIterations(draft: Draft, frameId: string): void {
  const frame = mustRun(draft, frameId);
  const state = stateOf(draft, frame);
  const { doing } = frame;
  if (doing.phase !== 'map' || state.type !== 'Map') throw new Error(`frame ${frameId} has an iteration and no Map`);
  const count = Math.min(doing.total - doing.next, doing.maxConcurrency - doing.open);
  if (count > 0) update(draft, frameId, { doing: { ...doing, next: doing.next + count, open: doing.open + count } });
  for (let index = doing.next; index < doing.next + count; index++)
    startIteration(draft, frameId, state, `${frameId}/${doing.startedEventId}.${index}`, index);
  if (doing.open + count === 0) finishLines(draft, frameId);
}

function startIteration(draft: Draft, frameId: string, state: MapState, id: string, index: number): void {
  const frame = mustRun(draft, frameId);
  const { doing } = frame;
  if (doing.phase !== 'map') return;
  const items = frameOf(draft, itemsId(frameId));
  const item = { index, value: (items?.kind === 'items' ? items.items[index] : undefined) ?? null };
  const input = iterationInput(draft, frame, state, doing.input, item);
  const details = { key: 'mapIterationStartedEventDetails', value: { name: state.name, index } } as const;
  const previousEventId = record(draft, 'MapIterationStarted', frame.previousEventId, details);
  startLine(draft, { id, parent: frameId, index, state: state.processor.startAt, input, previousEventId });
}

/** What an iteration starts with: its item, or what the ItemSelector makes of it. @throws EvaluationError */
export const iterationInput = (draft: Draft, frame: RunFrame, state: MapState, input: Json, item: MapItem): Json =>
  state.itemSelector === undefined
    ? item.value
    : withinLimit(state.name, state.itemSelector.evaluate(scopeFor(draft, frame, input, { item })));

/** An iteration succeeded: the next item takes its place. */
export function iterationSucceeded(draft: Draft, frameId: string): void {
  const { doing } = mustRun(draft, frameId);
  if (doing.phase !== 'map') throw new Error(`frame ${frameId} has an iteration and no Map`);
  update(draft, frameId, { doing: { ...doing, open: doing.open - 1 } });
  startIterations(draft, frameId);
}
