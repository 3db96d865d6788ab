import { own } from '../data/json.ts';
import { nameUuid } from '../data/name-uuid.ts';
import type { DistributedMap, ItemBatcher, ResultWriter } from './machine.ts';
import { readDynamicNumber } from './read-dynamic.ts';
import { readTemplate } from './read-expressions.ts';
import { readItemReader } from './read-item-reader.ts';
import { readChoice, readText } from './read-values.ts';
import { checkShape, readSection } from './section.ts';
import { itemBatcherShape, resultWriterShape, writerConfigShape } from './shapes.ts';
import type { StateSource } from './state-source.ts';

/** Fields that only a distributed Map has a use for. */
export const distributedFields = ['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'];

const longestLabel = 40;

/** What a label may not have in it. (Step Functions guide, "Map state in Distributed mode", Label) */
const notInLabels = /[\s?*<>{}[\]:;,\\|^~$#%&`"\p{Cc}]/u;

/** The longest input of an execution, and so of a batch, in bytes. */
const longestBatch = 262_144;

/** What a Map has for being distributed. */
export function readDistributed(source: StateSource, executionType: 'STANDARD' | 'EXPRESS'): DistributedMap {
  return {
    // AWS makes one too, of the form of a UUID. The same definition gives the same one, so it is stored nowhere.
    label: readLabel(source) ?? nameUuid(source.place.location),
    executionType,
    reader: readItemReader(source),
    batcher: readItemBatcher(source),
    writer: readResultWriter(source),
  };
}

function readLabel(source: StateSource): string | undefined {
  const label = readText(source, 'Label');
  if (label === undefined) return undefined;
  const place = source.place.at('Label');
  const length = Array.from(label).length;
  if (length > longestLabel)
    place.error(
      `Invalid Label name: '${label}' exceeds the ${longestLabel}-character limit allowed by the service`,
      'INVALID_LABEL_NAME',
    );
  if (length === 0) place.error(`A label has 1 to ${longestLabel} characters, this one has none`, 'INVALID_LABEL_NAME');
  const wrong = notInLabels.exec(label);
  if (wrong !== null)
    place.error(
      `A label has no white space, no control characters and none of ? * < > { } [ ] : ; , \\ | ^ ~ $ # % & \` "; this one has ${JSON.stringify(wrong[0])}`,
      'INVALID_LABEL_NAME',
    );
  return label;
}

function readItemBatcher({ fields, place, language }: StateSource): ItemBatcher | undefined {
  const value = own(fields, 'ItemBatcher');
  const section = value === undefined ? undefined : readSection(value, place.at('ItemBatcher'));
  if (section === undefined) return undefined;
  checkShape(section, itemBatcherShape, language);
  const at = (field: string) => ({ section, field, language, prefix: 'ItemBatcher/' });
  return {
    maxItems: readDynamicNumber(at('MaxItemsPerBatch'), { min: 1 }),
    maxBytes: readDynamicNumber(at('MaxInputBytesPerBatch'), { min: 1, max: longestBatch }),
    input: readTemplate(at('BatchInput')),
  };
}

function readResultWriter({ fields, place, language }: StateSource): ResultWriter | undefined {
  const value = own(fields, 'ResultWriter');
  const section = value === undefined ? undefined : readSection(value, place.at('ResultWriter'));
  if (section === undefined) return undefined;
  checkShape(section, resultWriterShape, language);
  const field = language === 'JSONata' ? 'Arguments' : 'Parameters';
  const resource = readText(section, 'Resource');
  const [hasResource, hasParameters, hasConfig] = ['Resource', field, 'WriterConfig'].map(
    (name) => own(section.fields, name) !== undefined,
  );
  if (hasResource !== hasParameters || !(hasResource || hasConfig))
    section.place.error(`A ResultWriter has a Resource and ${field}, or a WriterConfig, or all three`);
  if (resource !== undefined && !/^arn:aws[a-z-]*:states:::s3:putObject$/.test(resource))
    section.place
      .at('Resource')
      .error(`A ResultWriter writes by 'arn:aws:states:::s3:putObject', this one by '${resource}'`);
  const config = hasConfig
    ? readSection(own(section.fields, 'WriterConfig'), section.place.at('WriterConfig'))
    : undefined;
  if (config !== undefined) checkShape(config, writerConfigShape, language);
  const transformation = config && readChoice(config, 'Transformation', ['NONE', 'COMPACT', 'FLATTEN']);
  return {
    parameters: readTemplate({ section, field, language, prefix: 'ResultWriter/' }),
    transformation: transformation ?? (hasResource ? 'NONE' : 'COMPACT'),
    outputType: (config && readChoice(config, 'OutputType', ['JSON', 'JSONL'])) ?? 'JSON',
  };
}
