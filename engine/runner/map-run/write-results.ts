import type { Effect, ItemsFrame } from '../../core/index.ts';
import { isObject, type Json, own } from '../../data/json.ts';
import type { ObjectStore } from '../object-store.ts';
import type { ExecutionArn, ExecutionStore } from '../ports.ts';
import { asResult } from './as-result.ts';
import { executionsOf } from './executions-of.ts';
import { resultFiles } from './result-files.ts';
import { Unusable } from './unusable.ts';

export type WriteResults = Extract<Effect, { kind: 'WriteResults' }>;

/**
 * Writes the results of a Map Run whose executions have all ended, the manifest last. Gives the state's result: where
 * they are. Repeated, it writes the same once more.
 * @throws Unusable, NoSuchObject when the place cannot be used
 */
export async function writeResults(
  { store, objects }: { readonly store: ExecutionStore; readonly objects: ObjectStore },
  parent: ExecutionArn,
  { mapRun, frame, parameters, transformation, outputType, pendingFrom }: WriteResults,
): Promise<Json> {
  const bucket = isObject(parameters) ? own(parameters, 'Bucket') : undefined;
  const prefix = isObject(parameters) ? own(parameters, 'Prefix') : undefined;
  if (typeof bucket !== 'string' || (prefix !== undefined && typeof prefix !== 'string'))
    throw new Unusable(
      `A ResultWriter needs a Bucket, and may have a Prefix, both texts; it was given ${JSON.stringify(parameters)}`,
    );
  const run = await store.mapRun(mapRun);
  if (run === undefined) throw new Error(`${mapRun} is not stored`);
  const results = (await executionsOf(store, mapRun)).flatMap(asResult);
  const pending = (await itemsOf(store, parent, frame)).slice(pendingFrom);
  const { files, manifest } = resultFiles({ run, bucket, prefix, results, pending, transformation, outputType });
  for (const { key, body } of [...files, manifest]) await objects.put({ bucket, key }, Buffer.from(body));
  return { MapRunArn: mapRun, ResultWriterDetails: { Bucket: bucket, Key: manifest.key } };
}

async function itemsOf(store: ExecutionStore, parent: ExecutionArn, frame: string): Promise<ItemsFrame['items']> {
  const items = (await store.load(parent))?.frames[`${frame}/items`];
  return items?.kind === 'items' ? items.items : [];
}
