import type { Dynamic, ItemBatcher } from '../asl/machine.ts';
import type { Scope } from '../data/evaluation.ts';
import { type Json, jsonBytes } from '../data/json.ts';
import { numberIn } from './dynamic.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';
import type { BatchLimits } from './map-run.ts';

/** What an ItemBatcher says; undefined without one. @throws EvaluationError */
export const batchLimitsIn = (batcher: ItemBatcher | undefined, scope: Scope): BatchLimits | undefined =>
  batcher && {
    maxItems: batcher.maxItems && limitIn(batcher.maxItems, scope),
    maxBytes: batcher.maxBytes && limitIn(batcher.maxBytes, scope),
    input: batcher.input?.evaluate(scope),
  };

/** 0, which only a path or an expression can give, is no limit, as it is for MaxConcurrency and MaxItems. */
const limitIn = (field: Dynamic, scope: Scope): number | undefined => numberIn(field, scope) || undefined;

/** The input of an execution, and how many items are in it. */
export interface Batch {
  readonly input: Json;
  readonly items: number;
}

/**
 * As many items as fit, from `next` on, one at least, and no more than an input may hold; `itemAt` gives an item as the execution is to have it.
 * (Step Functions guide, "ItemBatcher")
 */
export function nextBatch(
  { maxItems = Infinity, maxBytes = MAX_PAYLOAD_BYTES, input }: BatchLimits,
  { next, total, itemAt }: { readonly next: number; readonly total: number; readonly itemAt: (index: number) => Json },
): Batch {
  const batch = (items: readonly Json[]): Json =>
    input === undefined ? { Items: items } : { BatchInput: input, Items: items };
  const items: Json[] = [];
  const mostBytes = Math.min(maxBytes, MAX_PAYLOAD_BYTES);
  let bytes = jsonBytes(batch([]));
  while (items.length < maxItems && next + items.length < total) {
    const item = itemAt(next + items.length);
    bytes += jsonBytes(item) + (items.length === 0 ? 0 : 1); // the comma between
    if (items.length > 0 && bytes > mostBytes) break;
    items.push(item);
  }
  return { input: batch(items), items: items.length };
}
