const mask = (1n << 48n) - 1n;

/** The number sequence of `java.util.Random`, which AWS uses wherever a seed is given. */
export interface JavaRandom {
  /** Uniform in [0, 1). */
  nextDouble(): number;
  /** Uniform in [0, bound); `bound` is a whole number from 1 to 2^31 - 1. */
  nextInt(bound: number): number;
}

/** @param seed truncated to a whole number, as Java's cast to `long` does */
export function javaRandom(seed: number): JavaRandom {
  let state = (BigInt.asIntN(64, BigInt(Math.trunc(seed))) ^ 0x5deece66dn) & mask;
  const next = (bits: number): number => {
    state = (state * 0x5deece66dn + 0xbn) & mask;
    return Number(BigInt.asIntN(32, state >> BigInt(48 - bits)));
  };
  return {
    nextDouble: () => (next(26) * 2 ** 27 + next(27)) / 2 ** 53,
    nextInt(bound) {
      if ((bound & -bound) === bound) return Number((BigInt(bound) * BigInt(next(31))) >> 31n);
      // The last, incomplete stretch of the 31 bits would favour small numbers, so it is drawn again.
      for (;;) {
        const drawn = next(31);
        const number = drawn % bound;
        if (drawn - number + (bound - 1) <= 0x7fffffff) return number;
      }
    },
  };
}
