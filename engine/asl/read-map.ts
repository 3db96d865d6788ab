import { own } from '../data/json.ts';
import type { Dynamic, MapState } from './machine.ts';
import { distributedFields, readDistributed } from './read-distributed.ts';
import { readDynamicNumber, readItems } from './read-dynamic.ts';
import { readReferencePath, readTemplate } from './read-expressions.ts';
import { readFlow } from './read-flow.ts';
import { readNext } from './read-next.ts';
import { readProcessor } from './read-processor.ts';
import { readCatchers, readRetriers } from './read-recovery.ts';
import { readText } from './read-values.ts';
import type { StateSource } from './state-source.ts';

/** A Map, inline or distributed; undefined when its processor is none, which is reported. */
export function readMap(source: StateSource): MapState | undefined {
  const { name, language, fields } = source;
  const number = (field: string, max?: number) =>
    readDynamicNumber({ section: source, field, language }, { min: 0, whole: max === undefined, ...(max && { max }) });
  const selector = own(fields, 'ItemSelector') === undefined && language === 'JSONPath' ? 'Parameters' : 'ItemSelector';
  const map = {
    flow: readFlow(source),
    items: language === 'JSONata' ? readItems({ section: source, field: 'Items', language }) : readItemsPath(source),
    itemSelector: readTemplate({ section: source, field: selector, language }),
    maxConcurrency: number('MaxConcurrency'),
    toleratedFailureCount: number('ToleratedFailureCount'),
    toleratedFailurePercentage: number('ToleratedFailurePercentage', 100),
    retry: readRetriers(source),
    catch: readCatchers(source),
    next: readNext(source),
  };
  const { processor, mode, executionType } = readProcessor(source);
  const distributed = mode === 'DISTRIBUTED' ? readDistributed(source, executionType) : undefined;
  if (mode === 'INLINE') refuseDistributedFields(source);
  return processor && { name, type: 'Map', processor, distributed, ...map };
}

/** `ItemsPath` names one place, of the context object too, which the other paths of a Map may not read. */
function readItemsPath(source: StateSource): Dynamic | undefined {
  const field = 'ItemsPath';
  const text = own(source.fields, field) === undefined ? '$' : readText(source, field);
  if (text === undefined) return undefined;
  const path = readReferencePath(text, field, source.place.at(field), true);
  return path && { kind: 'path', field, path };
}

function refuseDistributedFields({ fields, place }: StateSource): void {
  for (const field of distributedFields)
    if (own(fields, field) !== undefined)
      place
        .at(field)
        .error(
          `'${field}' belongs to a distributed Map; the ProcessorConfig of this one does not have the Mode 'DISTRIBUTED'`,
        );
}
