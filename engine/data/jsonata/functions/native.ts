import type { Run } from '../evaluator/frame.ts';

/** The type of a method, so that an implementation may say what its arguments are: the signature has checked them. */
export type Implementation = { method(run: Run, ...args: unknown[]): unknown }['method'];

/** A function of the library. */
export interface Native {
  /** In JSONata's notation: `<n-n?:n>`. */
  readonly signature: string;
  /** How many arguments `$map` and its kind give it, and how many partial application knows. */
  readonly arity: number;
  readonly implementation: Implementation;
}

export type Natives = Readonly<Record<string, Native>>;

export const native = (signature: string, arity: number, implementation: Implementation): Native => ({
  signature,
  arity,
  implementation,
});
