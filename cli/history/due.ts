import type { Dynamic, Machine, Retrier, State, States, WaitState } from '../../engine/asl/index.ts';
import type { Scope } from '../../engine/data/evaluation.ts';
import { toEpochMs } from '../../engine/data/instant.ts';
import type { Json, JsonObject } from '../../engine/data/json.ts';

// The history says that a state waits, never until when. The definition says it, so this computes it again.

/** A state by name, in any scope; names are unique in a machine. */
export function stateNamed(scope: States | Machine, name: string): State | undefined {
  const here = scope.states[name];
  if (here !== undefined) return here;
  for (const state of Object.values(scope.states)) {
    const inner = state.type === 'Parallel' ? state.branches : state.type === 'Map' ? [state.processor] : [];
    for (const each of inner) {
      const found = stateNamed(each, name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/**
 * When a Wait ends, in milliseconds since 1970; undefined when that cannot be told from here, as with a
 * definition that reads the context object.
 */
export function waitEnds(state: WaitState, enteredAt: number, input: Json, variables: JsonObject): number | undefined {
  const value = valueOf(state.until.value, enteredAt, input, variables);
  const at =
    state.until.kind === 'seconds'
      ? enteredAt + Number(value) * 1000
      : typeof value === 'string'
        ? Date.parse(value)
        : Number.NaN;
  return value === undefined || Number.isNaN(at) ? undefined : at;
}

function valueOf(dynamic: Dynamic, enteredAt: number, input: Json, variables: JsonObject): Json | undefined {
  const random = { number: () => 0.5, uuid: () => '00000000-0000-4000-8000-000000000000' };
  const scope: Scope = { input, variables, context: {}, now: toEpochMs(enteredAt), random };
  try {
    if (dynamic.kind === 'constant') return dynamic.value;
    return dynamic.kind === 'path' ? dynamic.path.evaluate(scope) : dynamic.template.evaluate(scope);
  } catch {
    return undefined;
  }
}

/** The wait before the next attempt; undefined when no retrier takes the error, or none is left for it. */
interface RetryDelay {
  readonly seconds: number;
  /** The wait is random, up to `seconds`. */
  readonly jitter: boolean;
}

/** `errors`: every failure of this state so far, oldest first; the last one is what to wait after. */
export function retryDelay(retriers: readonly Retrier[], errors: readonly string[]): RetryDelay | undefined {
  const chosen = errors.map((error) => retriers.find((retrier) => takes(retrier, error)));
  const retrier = chosen.at(-1);
  const used = chosen.filter((each) => each === retrier).length;
  if (retrier === undefined || used > retrier.maxAttempts) return undefined;
  const grown = retrier.intervalSeconds * retrier.backoffRate ** (used - 1);
  return { seconds: Math.min(grown, retrier.maxDelaySeconds ?? grown), jitter: retrier.jitter === 'FULL' };
}

const notCoveredByAll = ['States.DataLimitExceeded', 'States.Runtime'];
const takes = ({ errorEquals }: Retrier, error: string): boolean =>
  errorEquals.some(
    (name) =>
      name === error ||
      (name === 'States.TaskFailed' && error !== 'States.Timeout') ||
      (name === 'States.ALL' && !notCoveredByAll.includes(error)),
  );
