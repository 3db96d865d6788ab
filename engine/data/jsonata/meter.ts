import { JsonataFailure } from './failure.ts';

/** What one evaluation may use. */
export interface Limits {
  /** Nodes evaluated, elements looked at, moves of a pattern: some tens of nanoseconds each. */
  readonly steps: number;
  /** Expressions within expressions, function calls included. */
  readonly depth: number;
  /** Of one value: 8 for an element of an array, 1 for a character of a text. All values together may use 64 times as much. */
  readonly bytes: number;
}

/**
 * AWS's, as measured: a depth of 100, and `[1..873782]` the longest range.
 * Its time limit is not known; ours takes a second or two, because nothing else runs meanwhile.
 */
export const awsLimits: Limits = { steps: 20_000_000, depth: 100, bytes: 8 * 873_782 };

/** Counts what one evaluation uses. Counting steps, not time, lets a replay end where the first run ended. */
export interface Meter {
  depth: number;
  stepsLeft: number;
  bytesLeft: number;
  readonly deepest: number;
  readonly largest: number;
}

export const startMeter = ({ steps, depth, bytes }: Limits): Meter => ({
  depth: 0,
  stepsLeft: steps,
  bytesLeft: 64 * bytes,
  deepest: depth,
  largest: bytes,
});

export const memoryExceeded = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';
export const timeExceeded = 'Expression evaluation timeout: Check for infinite loop';
const depthExceeded =
  'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive';

/** Before a node is evaluated; `meter.depth--` after. */
export function enter(meter: Meter): void {
  if (++meter.depth > meter.deepest) throw new JsonataFailure(undefined, depthExceeded);
  if (--meter.stepsLeft < 0) throw outOfTime();
}

/** For a node that has none inside. */
export function touch(meter: Meter): void {
  if (meter.depth >= meter.deepest) throw new JsonataFailure(undefined, depthExceeded);
  if (--meter.stepsLeft < 0) throw outOfTime();
}

/** Before work of so many steps. */
export function spend(meter: Meter, steps: number): void {
  meter.stepsLeft -= steps;
  if (!(meter.stepsLeft >= 0)) throw outOfTime(); // for NaN too
}

/** Before a text of so many characters, or what takes as many bytes, is made. */
export function allocate(meter: Meter, bytes: number): void {
  meter.bytesLeft -= bytes;
  if (!(bytes <= meter.largest && meter.bytesLeft >= 0)) throw outOfMemory(); // for NaN too
}

/** Before an array of so many elements is made. Copying is far cheaper than evaluating. */
export function allocateList(meter: Meter, length: number): void {
  allocate(meter, 8 * length);
  spend(meter, length >> 3);
}

export const outOfTime = (): JsonataFailure => new JsonataFailure(undefined, timeExceeded);
export const outOfMemory = (): JsonataFailure => new JsonataFailure(undefined, memoryExceeded);
