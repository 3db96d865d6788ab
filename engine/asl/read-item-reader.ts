import { own } from '../data/json.ts';
import type { ItemReader, ReaderConfig } from './machine.ts';
import { readDynamicNumber } from './read-dynamic.ts';
import { readTemplate } from './read-expressions.ts';
import { readText, readWord } from './read-values.ts';
import { checkShape, readElements, readSection, type Section } from './section.ts';
import { itemReaderShape, readerConfigShape } from './shapes.ts';
import type { StateSource } from './state-source.ts';

/** The most items a reader may be asked for. */
const mostItems = 100_000_000;

const resourceArn = /^arn:aws[a-z-]*:states:::s3:(?<action>getObject|listObjectsV2)$/;

/** The `ItemReader` of a distributed Map; undefined when it has none, or one that cannot be read, which is reported. */
export function readItemReader({ fields, place, language }: StateSource): ItemReader | undefined {
  const value = own(fields, 'ItemReader');
  const section = value === undefined ? undefined : readSection(value, place.at('ItemReader'));
  if (section === undefined) return undefined;
  checkShape(section, itemReaderShape, language);
  const field = language === 'JSONata' ? 'Arguments' : 'Parameters';
  const parameters = readTemplate({ section, field, language, prefix: 'ItemReader/' });
  const resource = readText(section, 'Resource');
  const action = resource === undefined ? undefined : resourceArn.exec(resource)?.groups?.['action'];
  if (resource !== undefined && action === undefined)
    section.place
      .at('Resource')
      .error(
        `An ItemReader reads by 'arn:aws:states:::s3:getObject' or 'arn:aws:states:::s3:listObjectsV2', this one by '${resource}'`,
      );
  const given = own(section.fields, 'ReaderConfig');
  const config = readSection(given ?? {}, section.place.at('ReaderConfig'));
  if (config === undefined) return undefined;
  checkShape(config, readerConfigShape, language);
  const prefix = 'ItemReader/ReaderConfig/';
  return {
    action: action === 'listObjectsV2' ? action : 'getObject',
    parameters,
    maxItems: readDynamicNumber({ section: config, field: 'MaxItems', language, prefix }, { min: 0, max: mostItems }),
    config: readConfig(config, action === 'listObjectsV2'),
  };
}

function readConfig(config: Section, isListing: boolean): ReaderConfig {
  const { fields, place } = config;
  const inputType = readWord(config, 'InputType', ['CSV', 'JSON', 'JSONL', 'PARQUET', 'MANIFEST']);
  const manifestType = readWord(config, 'ManifestType', ['ATHENA_DATA', 'S3_INVENTORY']);
  const manifest = manifestType ?? (inputType === 'MANIFEST' ? 'S3_INVENTORY' : undefined);
  const flatten = readWord(config, 'Transformation', ['NONE', 'LOAD_AND_FLATTEN']) === 'LOAD_AND_FLATTEN';
  const isGiven = own(fields, 'InputType') !== undefined;
  if (!isGiven && manifest !== 'S3_INVENTORY' && (!isListing || flatten))
    place.error('These fields are required: [InputType]');
  if (isListing && manifest !== undefined)
    place
      .at(manifestType === undefined ? 'InputType' : 'ManifestType')
      .error('A manifest is one object: the Resource is no getObject');
  if (flatten && !isListing)
    place
      .at('Transformation')
      .error("'LOAD_AND_FLATTEN' loads the objects of a listing: the Resource is no listObjectsV2");
  if (manifest === 'S3_INVENTORY' && inputType !== undefined && inputType !== 'MANIFEST')
    place.at('InputType').error(`The files of an S3 inventory are CSV, which goes without saying; not '${inputType}'`);
  if (manifest === 'ATHENA_DATA' && inputType === 'MANIFEST')
    place
      .at('InputType')
      .error('The InputType of ATHENA_DATA is that of its files: one of [CSV, JSON, JSONL, PARQUET]');
  const csvHeaderLocation = readWord(config, 'CSVHeaderLocation', ['FIRST_ROW', 'GIVEN']);
  if (inputType === 'CSV' && own(fields, 'CSVHeaderLocation') === undefined)
    place.error('These fields are required: [CSVHeaderLocation]');
  if (csvHeaderLocation === 'GIVEN' && own(fields, 'CSVHeaders') === undefined)
    place.error('These fields are required: [CSVHeaders]');
  const itemsPointer = readPointer(config);
  if (itemsPointer !== undefined && isGiven && inputType !== 'JSON')
    place.at('ItemsPointer').error(`'ItemsPointer' points into JSON; the InputType is '${inputType}'`);
  return {
    inputType: inputType === 'MANIFEST' ? undefined : inputType,
    manifest,
    csvHeaderLocation,
    csvHeaders: readHeaders(config),
    csvDelimiter: readWord(config, 'CSVDelimiter', ['COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB']) ?? 'COMMA',
    itemsPointer,
    flatten,
  };
}

const readHeaders = (config: Section): string[] =>
  readElements(config, 'CSVHeaders').flatMap(({ value, place }) => {
    if (typeof value === 'string') return [value];
    place.error('Expected value of type String');
    return [];
  });

function readPointer(config: Section): string | undefined {
  const pointer = readText(config, 'ItemsPointer');
  if (pointer !== undefined && !/^(?:\/(?:[^~/]|~[01])*)*$/.test(pointer))
    config.place.at('ItemsPointer').error(`'${pointer}' is no JSON Pointer: one looks like '/orders/new'`);
  return pointer;
}
