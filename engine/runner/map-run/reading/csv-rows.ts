import type { CsvDelimiter } from '../../../asl/machine.ts';

const CHARACTERS: Readonly<Record<CsvDelimiter, string>> = {
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  SPACE: ' ',
  TAB: '\t',
};

/**
 * Rows of a delimited text as fields, one at a time. A field in double quotes may hold delimiters, line ends and doubled
 * quotes; empty lines are no rows. (RFC 4180)
 */
export function* csvRows(text: string, delimiter: CsvDelimiter): Generator<string[]> {
  const separator = CHARACTERS[delimiter];
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const row: string[] = [];
    for (let isOpen = true; isOpen; ) {
      const field = text[at] === '"' ? quotedField(text, at) : { value: '', end: at };
      const end = endOfField(text, field.end, separator);
      row.push(field.value + text.slice(field.end, end));
      isOpen = text[end] === separator;
      at = isOpen ? end + 1 : end + (text.startsWith('\r\n', end) ? 2 : 1);
    }
    if (row.length > 1 || row[0] !== '') yield row;
  }
}

/** From a quote to its partner; what follows up to the separator is taken as it is. */
function quotedField(text: string, start: number): { readonly value: string; readonly end: number } {
  for (let at = start + 1; ; at += 2) {
    at = text.indexOf('"', at);
    if (at === -1) return { value: text.slice(start), end: text.length }; // no partner: the quote is a character
    if (text[at + 1] !== '"') return { value: text.slice(start + 1, at).replaceAll('""', '"'), end: at + 1 };
  }
}

function endOfField(text: string, start: number, separator: string): number {
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === separator || char === '\n' || char === '\r') return at;
  }
  return text.length;
}
