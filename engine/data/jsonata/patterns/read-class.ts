import type { PatternCursor } from './pattern-cursor.ts';
import { type PatternNode, type Range } from './pattern-syntax.ts';
import { readClassEscape, readUnitEscape } from './read-escape.ts';

/** What follows an opening bracket, up to the closing one. */
export function readClass(cursor: PatternCursor): PatternNode {
  const negated = cursor.take('^');
  const ranges: Range[] = [];
  while (!cursor.atEnd() && !cursor.take(']')) {
    const first = readAtom(cursor);
    if (!isDash(cursor)) ranges.push(...first);
    else {
      cursor.take('-');
      const last = readAtom(cursor);
      const [[from, end] = [0, 1]] = first;
      const [[to, until] = [0, 1]] = last;
      const isRange = first.length === 1 && last.length === 1 && from === end && to === until;
      if (isRange) ranges.push([from, to]);
      else ranges.push(...first, [45, 45], ...last); // a dash beside a class is a dash
    }
  }
  return { kind: 'class', ranges, negated, ignoreCase: cursor.flags.ignoreCase };
}

/** Between two atoms, not before the closing bracket. */
const isDash = (cursor: PatternCursor): boolean => cursor.sees('-') && !cursor.sees('-]');

function readAtom(cursor: PatternCursor): readonly Range[] {
  if (!cursor.take('\\')) return single(cursor.next());
  if (cursor.take('b')) return single(8);
  const control = cursor.takePattern(/c[0-9_]/y); // inside brackets digits are controls too
  if (control !== undefined) return single(control.charCodeAt(1) % 32);
  return readClassEscape(cursor) ?? single(readUnitEscape(cursor));
}

const single = (unit: number): readonly Range[] => [[unit, unit]];
