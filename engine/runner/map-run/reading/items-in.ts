import type { ReaderConfig } from '../../../asl/machine.ts';
import type { Json } from '../../../data/json.ts';
import { csvRows } from './csv-rows.ts';
import { itemsAt } from './items-at.ts';
import { parquetRows } from './parquet-rows.ts';
import { parsedJson } from './parsed-json.ts';
import { unpackedText } from './unpacked-text.ts';
import { Unusable } from '../unusable.ts';

/** Items of a dataset, with their keys where they are the members of an object. */
export interface Items {
  readonly items: readonly Json[];
  readonly keys?: readonly string[];
}

/** What the objects of a dataset are written in. */
export type Format = Pick<
  ReaderConfig,
  'inputType' | 'csvHeaderLocation' | 'csvHeaders' | 'csvDelimiter' | 'itemsPointer'
>;

/**
 * The first `most` items in an object. Every value of a CSV file is a text. What gzip or Zstandard packed is unpacked.
 * @throws Unusable in AWS's words where they are known
 */
export async function itemsIn(body: Uint8Array, format: Format, most: number): Promise<Items> {
  if (format.inputType === 'PARQUET') return { items: await parquetRows(body, most) };
  const text = await unpackedText(body);
  switch (format.inputType) {
    case 'CSV':
      return { items: csvItems(text, format, most) };
    case 'JSONL':
      return { items: jsonLines(text, most) };
    default:
      return firstOf(itemsAt(parsedJson(text, 'The object'), format.itemsPointer), most);
  }
}

const firstOf = ({ items, keys }: Items, most: number): Items => ({
  items: items.slice(0, most),
  ...(keys === undefined ? {} : { keys: keys.slice(0, most) }),
});

function csvItems(text: string, { csvHeaderLocation, csvHeaders, csvDelimiter }: Format, most: number): Json[] {
  const rows = csvRows(text, csvDelimiter);
  const headers: readonly string[] = csvHeaderLocation === 'GIVEN' ? csvHeaders : (rows.next().value ?? []);
  if (new Set(headers).size < headers.length) throw new Unusable('CSV headers cannot contain duplicates.');
  return rows
    .take(most)
    .map((row) => Object.fromEntries(headers.map((header, i) => [header, row[i] ?? ''])))
    .toArray();
}

function jsonLines(text: string, most: number): Json[] {
  const items: Json[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (items.length === most) break;
    if (line.trim() !== '') items.push(parsedJson(line, `Line ${index + 1}`));
  }
  return items;
}
