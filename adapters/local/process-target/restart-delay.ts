/** An instance that ran longer than this before it exited is not counted as failing again and again. */
const steadyMs = 60_000;
const longestMs = 60_000;

/** How often in a row an instance has exited, after it exited once more. */
export const exitsInARow = (before: number, ranMs: number): number => (ranMs > steadyMs ? 1 : before + 1);

/** How long to wait before a stable instance is started again, in milliseconds: 0, then 1, 2, 4 s … up to a minute. */
export const restartDelayMs = (exits: number): number =>
  exits <= 1 ? 0 : Math.min(longestMs, 1000 * 2 ** (exits - 2));
