import type { PatternCursor } from './pattern-cursor.ts';
import { complement, digits, type PatternNode, type Range, spaces, wordUnits } from './pattern-syntax.ts';

/** What follows a backslash outside of brackets. */
export function readEscape(cursor: PatternCursor): PatternNode {
  const { ignoreCase } = cursor.flags;
  if (cursor.take('b')) return { kind: 'edge', edge: 'word' };
  if (cursor.take('B')) return { kind: 'edge', edge: 'notWord' };
  const ranges = readClassEscape(cursor);
  if (ranges !== undefined) return { kind: 'class', ranges, negated: false, ignoreCase };
  const groups = readReference(cursor);
  if (groups !== undefined) return { kind: 'back', groups, ignoreCase };
  return { kind: 'unit', unit: readUnitEscape(cursor), ignoreCase };
}

/** `\2` when there are so many groups, `\k<name>` when there are names. */
function readReference(cursor: PatternCursor): readonly number[] | undefined {
  const name = cursor.hasNames ? cursor.takePattern(/k<[^>]*>/y) : undefined;
  if (name !== undefined) return cursor.groupsNamed(name.slice(2, -1));
  const number = cursor.seesPattern(/[1-9][0-9]*/y);
  if (number === undefined || Number(number) > cursor.groupCount) return undefined;
  cursor.take(number);
  return [Number(number)];
}

/** `\d` and its kind; undefined for an escape of one unit. */
export function readClassEscape(cursor: PatternCursor): readonly Range[] | undefined {
  if (cursor.take('d')) return digits;
  if (cursor.take('D')) return complement(digits);
  if (cursor.take('s')) return spaces;
  if (cursor.take('S')) return complement(spaces);
  if (cursor.take('w')) return wordUnits;
  if (cursor.take('W')) return complement(wordUnits);
  return undefined;
}

/** An escape of one unit, read as forgivingly as JavaScript does. */
export function readUnitEscape(cursor: PatternCursor): number {
  const octal = cursor.takePattern(/[0-3][0-7]{0,2}|[4-7][0-7]?/y);
  if (octal !== undefined) return Number.parseInt(octal, 8);
  const hexadecimal = cursor.takePattern(/x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}/y);
  if (hexadecimal !== undefined) return Number.parseInt(hexadecimal.slice(1), 16);
  const control = cursor.takePattern(/c[a-zA-Z]/y);
  if (control !== undefined) return control.charCodeAt(1) % 32;
  if (cursor.sees('c') || cursor.atEnd()) return 92; // the backslash itself
  const unit = cursor.next();
  return named[String.fromCharCode(unit)] ?? unit;
}

const named: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 };
