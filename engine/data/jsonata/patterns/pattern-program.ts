import type { Edge } from './pattern-syntax.ts';
import type { UnitSet } from './unit-set.ts';

/** One instruction; where it says nothing else, matching goes on with the next. */
export type Instruction =
  | { readonly op: typeof opUnit; readonly unit: number; readonly back: boolean }
  | { readonly op: typeof opSet; readonly set: UnitSet; readonly back: boolean }
  /** As many units of the set as there are, then fewer. */
  | { readonly op: typeof opRun; readonly set: UnitSet; readonly least: number; readonly most: number }
  /** Goes on at `first`, and when that fails at `second`. */
  | { readonly op: typeof opSplit; readonly first: number; readonly second: number }
  | { readonly op: typeof opJump; readonly to: number }
  | { readonly op: typeof opSave; readonly register: number }
  /** Starts a count. */
  | { readonly op: typeof opZero; readonly register: number }
  /** Decides about another round of a loop, which starts with the next instruction. */
  | {
      readonly op: typeof opLoop;
      readonly counter: number;
      readonly least: number;
      readonly most: number;
      readonly lazy: boolean;
      readonly exit: number;
    }
  /** Starts a round, which forgets the registers of the groups inside. */
  | {
      readonly op: typeof opEnter;
      readonly counter: number;
      readonly started: number;
      readonly forget: readonly [from: number, to: number];
    }
  /** Ends a round, and fails one that matched nothing, unless it is one of those that must be. */
  | {
      readonly op: typeof opRound;
      readonly counter: number;
      readonly started: number;
      readonly least: number;
      readonly loop: number;
    }
  | { readonly op: typeof opEdge; readonly edge: Edge }
  /** Looks ahead or behind with the instructions up to a `match`, then goes on at `next`. */
  | { readonly op: typeof opLook; readonly negated: boolean; readonly next: number }
  | {
      readonly op: typeof opBack;
      readonly groups: readonly number[];
      readonly ignoreCase: boolean;
      readonly back: boolean;
    }
  | { readonly op: typeof opMatch };

export const opUnit = 0;
export const opSet = 1;
export const opRun = 2;
export const opSplit = 3;
export const opJump = 4;
export const opSave = 5;
export const opZero = 6;
export const opLoop = 7;
export const opRound = 8;
export const opEdge = 9;
export const opLook = 10;
export const opBack = 11;
export const opMatch = 12;
export const opEnter = 13;

/** A pattern as instructions for match-pattern.ts. */
export interface Pattern {
  readonly program: readonly Instruction[];
  /** The whole match counted. Group `g` is from register `2g` to register `2g + 1`. */
  readonly groups: number;
  /** Those of groups, then those of loops. */
  readonly registers: number;
}
