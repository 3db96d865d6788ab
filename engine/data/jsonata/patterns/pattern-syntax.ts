/** A regular expression as JavaScript reads it without the flags `u` and `v`: of UTF-16 units, not of characters. */
export type PatternNode =
  | { readonly kind: 'unit'; readonly unit: number; readonly ignoreCase: boolean }
  | {
      readonly kind: 'class';
      readonly ranges: readonly Range[];
      readonly negated: boolean;
      readonly ignoreCase: boolean;
    }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'group'; readonly group: number; readonly body: PatternNode }
  | Repeat
  | { readonly kind: 'edge'; readonly edge: Edge }
  | { readonly kind: 'look'; readonly behind: boolean; readonly negated: boolean; readonly body: PatternNode }
  | { readonly kind: 'back'; readonly groups: readonly number[]; readonly ignoreCase: boolean };

export interface Repeat {
  readonly kind: 'repeat';
  readonly body: PatternNode;
  readonly least: number;
  readonly most: number;
  readonly lazy: boolean;
  /** The groups inside, which each round forgets: from the first up to, but without, the second. */
  readonly groups: readonly [from: number, to: number];
}

export type Edge = 'start' | 'end' | 'lineStart' | 'lineEnd' | 'word' | 'notWord';

/** Units from the first to the last, both included. */
export type Range = readonly [first: number, last: number];

export const lastUnit = 0xffff;
export const digits: readonly Range[] = [[48, 57]];
export const wordUnits: readonly Range[] = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
export const spaces: readonly Range[] = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
export const lineEnds: readonly Range[] = [
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
];

/** The ranges between these, which are in order and apart. */
export function complement(ranges: readonly Range[]): readonly Range[] {
  const gaps: Range[] = [];
  let from = 0;
  for (const [first, last] of ranges) {
    if (first > from) gaps.push([from, first - 1]);
    from = last + 1;
  }
  if (from <= lastUnit) gaps.push([from, lastUnit]);
  return gaps;
}

/** What the flag `i` compares: the unit in upper case, where that is one unit and no letter turns into ASCII. */
export function canonical(unit: number): number {
  if (unit < 128) return unit >= 97 && unit <= 122 ? unit - 32 : unit;
  const upper = String.fromCharCode(unit).toUpperCase();
  const changed = upper.charCodeAt(0);
  return upper.length !== 1 || changed < 128 ? unit : changed;
}
