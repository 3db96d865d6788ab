import { stripVTControlCharacters } from 'node:util';

/** Left-aligned columns, two spaces apart, no trailing space. Cells may carry colours. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, visibleWidth(cell));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - visibleWidth(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Characters a text takes on screen, not counting colours. */
export const visibleWidth = (text: string): number => stripVTControlCharacters(text).length;
