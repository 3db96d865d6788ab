import type { EpochMs } from '../instant.ts';

/** What one evaluation may use. */
export interface Limits {
  readonly milliseconds: number;
  /** Expressions within expressions, function calls included. */
  readonly depth: number;
  /** Elements of one array, and 8 characters of a text for each. */
  readonly elements: number;
}

/**
 * AWS's, as measured: a depth of 100, and `[1..873782]` the longest range.
 * Its time limit is not known; ours is short, because nothing else runs meanwhile.
 */
export const awsLimits: Limits = { milliseconds: 2000, depth: 100, elements: 873_782 };

/** Only its identity matters. */
export type MeteredNode = object;

interface Environment {
  timestamp: Date;
}

interface Hooks {
  __evaluate_entry(node: MeteredNode, input: unknown, environment: Environment): void;
  __evaluate_exit(node: MeteredNode, input: unknown, environment: Environment, result: unknown): void;
}

export const memoryExceeded = 'Expression evaluation memory limit exceeded: Check for excessive memory usage';
export const timeExceeded = 'Expression evaluation timeout: Check for infinite loop';
const depthExceeded =
  'Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive';

/** Names the hooks are bound under; an expression that used them as its own could leave the box. */
export const hookNames = ['__evaluate_entry', '__evaluate_exit'];

/**
 * The hooks jsonata calls around every node: they keep an evaluation within its limits, set the instant that `$now()` and `$toMillis()`
 * see, and refuse to call what is no function before jsonata writes its notes into it, which would change the execution's data.
 */
export function meter(limits: Limits, callees: ReadonlySet<MeteredNode>, now: EpochMs): Hooks {
  // The clock bounds work only; no value that an expression can see comes from it.
  const deadline = performance.now() + limits.milliseconds;
  let depth = 0;
  let visits = 0;
  let produced = 0;
  return {
    __evaluate_entry(_node, _input, environment) {
      if (visits === 0) environment.timestamp = new Date(now); // frames made later copy it
      if (++visits % 256 === 0 && performance.now() > deadline) throw new Error(timeExceeded);
      if (++depth > limits.depth) throw new Error(depthExceeded);
    },
    __evaluate_exit(node, _input, _environment, result) {
      depth--;
      if (callees.has(node) && isData(unwrapped(result)))
        throw Object.assign(new Error('Attempted to invoke a non-function'), { code: 'T1006' });
      const size = sizeOf(result);
      produced += size;
      if (size > limits.elements || produced > limits.elements * 32) throw new Error(memoryExceeded);
    },
  };
}

function sizeOf(result: unknown): number {
  if (Array.isArray(result)) return result.length;
  return typeof result === 'string' ? result.length / 8 : 0;
}

/** jsonata takes a sequence of one value for the value, but only after this hook. */
function unwrapped(result: unknown): unknown {
  return Array.isArray(result) && 'sequence' in result && result.length < 2 ? result[0] : result;
}

/** An object that is none of jsonata's functions: a built-in one has an implementation, a lambda its environment. */
function isData(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const built = 'implementation' in value && typeof value.implementation === 'function';
  if (built || !('environment' in value) || typeof value.environment !== 'object' || value.environment === null)
    return !built;
  return !('lookup' in value.environment && typeof value.environment.lookup === 'function');
}
