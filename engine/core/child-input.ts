import type { MapState } from '../asl/machine.ts';
import type { Json } from '../data/json.ts';
import { type Batch, nextBatch } from './batch.ts';
import { itemsId, scopeFor } from './context-object.ts';
import { type Draft, frameOf, mustRun, stateOf } from './draft.ts';
import type { ItemsFrame, MapRunDoing } from './execution.ts';
import { sourceOf } from './item-source.ts';

/** The input of an execution that begins with the item `next` and has none from `end` on. @throws EvaluationError */
export function childInput(
  draft: Draft,
  frameId: string,
  { batch, input }: MapRunDoing,
  next: number,
  end: number,
): Batch {
  const frame = mustRun(draft, frameId);
  const { itemSelector } = mapAt(draft, frameId);
  const found = frameOf(draft, itemsId(frameId));
  const { items, keys, sources = [] }: Omit<ItemsFrame, 'kind'> = found?.kind === 'items' ? found : { items: [] };
  const itemAt = (index: number): Json => {
    const value = items[index] ?? null;
    if (itemSelector === undefined) return value;
    const item = { index, value, key: keys?.[index] ?? undefined, source: sourceOf(sources, index) };
    return itemSelector.evaluate(scopeFor(draft, frame, input, { item }));
  };
  return batch === undefined
    ? { input: itemAt(next), items: 1 }
    : nextBatch(batch, { next, total: Math.min(end, items.length), itemAt });
}

/** The Map that a frame is in. */
export function mapAt(draft: Draft, frameId: string): MapState {
  const state = stateOf(draft, mustRun(draft, frameId));
  if (state.type !== 'Map') throw new Error(`"${state.name}" is no Map`);
  return state;
}
