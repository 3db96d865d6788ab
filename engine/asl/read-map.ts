import { compilePath } from '../data/index.ts';
import { isObject, own } from '../data/json.ts';
import type { Dynamic, MapState, States } from './machine.ts';
import { readDynamicNumber, readItems } from './read-dynamic.ts';
import { compiled, readTemplate } from './read-expressions.ts';
import { readFlow } from './read-flow.ts';
import { readNext } from './read-next.ts';
import { readCatchers, readRetriers } from './read-recovery.ts';
import { readText, readWord } from './read-values.ts';
import { checkShape, readSection } from './section.ts';
import { processorConfigShape } from './shapes.ts';
import type { StateSource } from './state-source.ts';

/** Fields that only a distributed Map has a use for. */
const distributedFields = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'];

/** An inline Map; undefined when its processor is none, which is reported. A distributed Map is refused. */
export function readMap(source: StateSource): MapState | undefined {
  const { name, language, fields, place } = source;
  for (const field of distributedFields)
    if (own(fields, field) !== undefined)
      place.at(field).error(`'${field}' is not offered here yet: it belongs to a distributed Map`);
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
  const processor = readProcessor(source);
  return processor && { name, type: 'Map', processor, ...map };
}

/** `ItemsPath` may read the context object, which the other paths of a Map may not. */
function readItemsPath(source: StateSource): Dynamic | undefined {
  const field = 'ItemsPath';
  const text = own(source.fields, field) === undefined ? '$' : readText(source, field);
  if (text === undefined) return undefined;
  const path = compiled(source.place.at(field), () => compilePath(text, field));
  return path && { kind: 'path', field, path };
}

function readProcessor({ fields, place, rules, language }: StateSource): States | undefined {
  const field = own(fields, 'ItemProcessor') === undefined ? 'Iterator' : 'ItemProcessor';
  const value = own(fields, field);
  if (value === undefined) return undefined;
  const at = place.at(field);
  const states = rules.readStates(value, at, 'processor');
  const config = isObject(value) ? own(value, 'ProcessorConfig') : undefined;
  if (config === undefined) return states;
  const section = readSection(config, at.at('ProcessorConfig'));
  if (section === undefined) return undefined;
  checkShape(section, processorConfigShape, language);
  if (readWord(section, 'Mode', ['INLINE', 'DISTRIBUTED']) === 'DISTRIBUTED')
    section.place.at('Mode').error("A distributed Map is not offered here yet; 'INLINE' is");
  readWord(section, 'ExecutionType', ['STANDARD', 'EXPRESS']);
  return states;
}
