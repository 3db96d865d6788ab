import type { Randomness } from '../evaluation.ts';
import type { Json } from '../json.ts';

/** One of the `States.*` functions. (ASL spec, Appendix B) */
export interface Intrinsic {
  /** The fewest and the most arguments it takes; AWS finds out only when the call is evaluated. */
  readonly arity: readonly [least: number, most: number];
  /** @throws IntrinsicFailure when an argument is not what the function takes */
  apply(args: readonly Json[], random: Randomness): Json;
}

/** Why a function gave no value, in AWS's words. The caller adds which call it was. */
export class IntrinsicFailure extends Error {
  override readonly name = 'IntrinsicFailure';
}

/** An argument that the function cannot take. AWS says no more than which function it was. */
export class InvalidArguments extends IntrinsicFailure {}
