/** Random draws that are the same for the same seed. (Mulberry32; Marsaglia and Tsang for gamma) */
export function seededDice(seed: number) {
  let state = seed | 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

  /** Above a mean of 50 the normal approximation. */
  const poisson = (mean: number): number => {
    if (mean > 50) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    let [count, term] = [0, Math.exp(-mean)];
    let below = term;
    for (const at = uniform(); at > below && count < 1000; below += term) term *= mean / ++count;
    return count;
  };

  /** Mean 1, standard deviation `variation`. */
  const gamma = (variation: number): number => {
    const shape = 1 / variation ** 2;
    return standardGamma(shape) / shape;
  };
  const standardGamma = (shape: number): number => {
    if (shape < 1) return standardGamma(shape + 1) * uniform() ** (1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = (1 + x / Math.sqrt(9 * d)) ** 3;
      if (v > 0 && Math.log(1 - uniform()) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  return { uniform, poisson, gamma };
}
