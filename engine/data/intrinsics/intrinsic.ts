import type { Randomness } from '../evaluation.ts';
import type { Json } from '../json.ts';

/** One of the `States.*` functions. (ASL spec, Appendix B) */
export interface Intrinsic {
  /** The fewest and the most arguments it takes. */
  readonly arity: readonly [least: number, most: number];
  /** @throws IntrinsicFailure when an argument is not what the function takes */
  apply(args: readonly Json[], random: Randomness): Json;
}

/** Why a function gave no value. The caller adds which call it was, and the name `States.IntrinsicFailure`. */
export class IntrinsicFailure extends Error {
  override readonly name = 'IntrinsicFailure';
}
