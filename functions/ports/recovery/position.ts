/** A protected group: one store on two or more sites, and what stands on it. Lower-case letters, digits and `-`, at most 40. */
export type GroupName = string;

/** One of a group's sites. Lower-case letters, digits and `-`, at most 40. */
export type SiteName = string;

/**
 * A place in a store's stream of changes. Every promotion opens a new branch; up to its fork a branch is its parent.
 * `offset` counts bytes, in decimal: it may pass 2^53. Backups of a platform that knows only moments count milliseconds.
 */
export interface Position {
  readonly branch: string;
  readonly offset: string;
}

/** Bytes from `a` to `b`; negative when `b` comes first. Means something only on one branch, or on a branch and its parent up to the fork. */
export const bytesBetween = (a: Position, b: Position): bigint => BigInt(b.offset) - BigInt(a.offset);

/** Whether everything up to `wanted` is in what ends at `reached`. */
export const covers = (reached: Position, wanted: Position): boolean => bytesBetween(wanted, reached) >= 0n;
