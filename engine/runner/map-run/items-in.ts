import type { ReaderConfig } from '../../asl/machine.ts';
import type { Json } from '../../data/json.ts';
import { parseJson } from '../../data/parse-json.ts';
import { csvRows } from './csv-rows.ts';
import { itemsAt } from './items-at.ts';
import { Unusable } from './unusable.ts';

/** Items of a dataset, with their keys where they are the members of an object. */
export interface Items {
  readonly items: readonly Json[];
  readonly keys?: readonly string[];
}

/**
 * The first `most` items in the text of an object. Every value of a CSV file is a text.
 * @throws Unusable in AWS's words where they are known
 */
export function itemsIn(text: string, config: ReaderConfig, most: number): Items {
  switch (config.inputType) {
    case 'CSV':
      return { items: csvItems(text, config, most) };
    case 'JSONL':
      return { items: jsonLines(text, most) };
    default:
      return firstOf(itemsAt(parsed(text, 'The object'), config.itemsPointer), most);
  }
}

const firstOf = ({ items, keys }: Items, most: number): Items => ({
  items: items.slice(0, most),
  ...(keys === undefined ? {} : { keys: keys.slice(0, most) }),
});

function csvItems(text: string, { csvHeaderLocation, csvHeaders, csvDelimiter }: ReaderConfig, most: number): Json[] {
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
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (items.length === most) break;
    if (line.trim() !== '') items.push(parsed(line, `Line ${index + 1}`));
  }
  return items;
}

function parsed(text: string, what: string): Json {
  try {
    return parseJson(text.replace(/^\uFEFF/, ''));
  } catch (thrown) {
    throw new Unusable(`${what} is no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}
