import { failure, named } from '../failure.ts';
import type { Run } from './frame.ts';
import type { Signature } from './signature.ts';

/**
 * A function of JSONata. It is a function of JavaScript, which data can never be; called directly, it checks no signature.
 * @param input the context item of the call
 */
export interface Callable {
  (args: readonly unknown[], input: unknown, run: Run): unknown;
  /** How many arguments `$map` and its kind give it. */
  readonly arity: number;
  /** How many arguments partial application knows; null where it fails. */
  readonly width: number | null;
  /** Checks and completes the arguments; undefined where anything goes. */
  readonly signature: Signature | undefined;
  /** JSONata takes its own functions for true, and those it was handed as arguments for false. */
  readonly truthy: boolean;
}

export const isCallable = (value: unknown): value is Callable => typeof value === 'function';

export function callable(
  call: (args: readonly unknown[], input: unknown, run: Run) => unknown,
  { arity, width = arity, signature, truthy = true }: CallableParts,
): Callable {
  return Object.assign(call, { arity, width, signature, truthy });
}

interface CallableParts {
  readonly arity: number;
  readonly width?: number | null;
  readonly signature?: Signature | undefined;
  readonly truthy?: boolean;
}

/** What a lambda gives when its last act is a call: `apply` makes it when the lambda is gone, so that loops need no depth. */
export const pending: Callable = callable(() => undefined, { arity: 0 });

/**
 * Calls a function until there is a value.
 * @throws JsonataFailure `T1006` when it is no function, `T0410` … when the arguments do not match its signature
 */
export function apply(procedure: unknown, args: readonly unknown[], input: unknown, run: Run): unknown {
  let result = applyOnce(procedure, args, input, run);
  while (result === pending) {
    const tail = run.tail;
    if (tail === undefined) return undefined;
    run.tail = undefined;
    const next = tail.procedure(tail.input, tail.frame);
    const values = tail.args.map((arg) => arg(tail.input, tail.frame));
    try {
      result = applyOnce(next, values, input, run);
    } catch (thrown) {
      throw named(thrown, tail.token);
    }
  }
  return result;
}

function applyOnce(procedure: unknown, args: readonly unknown[], input: unknown, run: Run): unknown {
  if (!isCallable(procedure)) throw failure('T1006');
  const { signature } = procedure;
  return procedure(signature === undefined ? args : signature(args, input), input, run);
}

/** A function as an argument: whoever calls it has no context item to give. */
export const handedOver = (procedure: Callable): Callable =>
  callable((args, _, run) => apply(procedure, args, null, run), {
    arity: procedure.arity,
    width: null,
    truthy: false,
  });
