import { readClass } from './read-class.ts';
import { type PatternCursor, patternCursor } from './pattern-cursor.ts';
import { readEscape } from './read-escape.ts';
import { lineEnds, type PatternNode } from './pattern-syntax.ts';

export interface ParsedPattern {
  readonly node: PatternNode;
  /** Groups that catch text, the whole match not counted. */
  readonly groups: number;
}

/**
 * Reads a regular expression that JavaScript has accepted already.
 * @param flags `i` and `m` count
 */
export function parsePattern(source: string, flags: string): ParsedPattern {
  const cursor = patternCursor(source, flags);
  const node = readChoice(cursor);
  return { node, groups: cursor.groupsOpened };
}

function readChoice(cursor: PatternCursor): PatternNode {
  const options = [readSequence(cursor)];
  while (cursor.take('|')) options.push(readSequence(cursor));
  const [only] = options;
  return options.length === 1 && only !== undefined ? only : { kind: 'choice', options };
}

function readSequence(cursor: PatternCursor): PatternNode {
  const items: PatternNode[] = [];
  while (!cursor.atEnd() && !cursor.sees('|') && !cursor.sees(')')) {
    const before = cursor.groupsOpened;
    const item = readTerm(cursor);
    items.push(readQuantifier(cursor, item, before + 1));
  }
  return { kind: 'sequence', items };
}

function readTerm(cursor: PatternCursor): PatternNode {
  const { multiline, dotAll } = cursor.flags;
  if (cursor.take('(')) return readGroup(cursor);
  if (cursor.take('[')) return readClass(cursor);
  if (cursor.take('^')) return { kind: 'edge', edge: multiline ? 'lineStart' : 'start' };
  if (cursor.take('$')) return { kind: 'edge', edge: multiline ? 'lineEnd' : 'end' };
  if (cursor.take('.')) return { kind: 'class', ranges: dotAll ? [] : lineEnds, negated: true, ignoreCase: false };
  if (cursor.take('\\')) return readEscape(cursor);
  return { kind: 'unit', unit: cursor.next(), ignoreCase: cursor.flags.ignoreCase };
}

function readGroup(cursor: PatternCursor): PatternNode {
  const flags = cursor.flags;
  if (cursor.take('?=')) return readLook(cursor, false, false);
  if (cursor.take('?!')) return readLook(cursor, false, true);
  if (cursor.take('?<=')) return readLook(cursor, true, false);
  if (cursor.take('?<!')) return readLook(cursor, true, true);
  const named = cursor.takePattern(/\?<[^>]*>/y);
  const modifiers = named === undefined ? cursor.takePattern(/\?[ims]*(?:-[ims]*)?:/y) : undefined;
  if (modifiers !== undefined) {
    cursor.flags = changed(flags, modifiers);
    const body = readChoice(cursor);
    cursor.flags = flags;
    cursor.take(')');
    return body;
  }
  const group = cursor.openGroup();
  const body = readChoice(cursor);
  cursor.take(')');
  return { kind: 'group', group, body };
}

function readLook(cursor: PatternCursor, behind: boolean, negated: boolean): PatternNode {
  const body = readChoice(cursor);
  cursor.take(')');
  return { kind: 'look', behind, negated, body };
}

/** `?i-m:` */
function changed(flags: PatternCursor['flags'], modifiers: string): PatternCursor['flags'] {
  const [on = '', off = ''] = modifiers.split('-');
  const flag = (letter: string, before: boolean) => (before || on.includes(letter)) && !off.includes(letter);
  return {
    ignoreCase: flag('i', flags.ignoreCase),
    multiline: flag('m', flags.multiline),
    dotAll: flag('s', flags.dotAll),
  };
}

function readQuantifier(cursor: PatternCursor, body: PatternNode, firstGroup: number): PatternNode {
  const bounds = readBounds(cursor);
  if (bounds === undefined) return body;
  const lazy = cursor.take('?');
  return { kind: 'repeat', body, ...bounds, lazy, groups: [firstGroup, cursor.groupsOpened + 1] };
}

/** A brace that bounds nothing is a brace. */
function readBounds(cursor: PatternCursor): { least: number; most: number } | undefined {
  if (cursor.take('*')) return { least: 0, most: Number.POSITIVE_INFINITY };
  if (cursor.take('+')) return { least: 1, most: Number.POSITIVE_INFINITY };
  if (cursor.take('?')) return { least: 0, most: 1 };
  const braces = cursor.takePattern(/\{\d+(?:,\d*)?\}/y);
  if (braces === undefined) return undefined;
  const [least = '', most = least] = braces.slice(1, -1).split(',');
  return { least: Number(least), most: most === '' ? Number.POSITIVE_INFINITY : Number(most) };
}
