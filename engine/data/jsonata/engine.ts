import type { Effort } from '../effort.ts';
import type { Randomness } from '../evaluation.ts';
import type { EpochMs } from '../instant.ts';
import { compile } from './evaluator/compile-node.ts';
import type { Frame, Run } from './evaluator/frame.ts';
import { asSequence } from './evaluator/list.ts';
import { quoted } from './evaluator/to-text.ts';
import { unitOf } from './evaluator/unit.ts';
import { failureText } from './failure-text.ts';
import { JsonataFailure } from './failure.ts';
import { libraryFunction } from './functions/library.ts';
import { type Limits, type Meter, startMeter } from './meter.ts';
import { parseExpression, type SyntaxNode } from './syntax.ts';
import { toJson } from './to-json.ts';
import type { Json } from '../json.ts';

/** A JSONata expression, ready to be run again and again. */
export interface Program {
  readonly syntax: SyntaxNode;
  /** The expression's raw result, undefined included. @throws JsonataFailure */
  run(surroundings: Surroundings): unknown;
  /** The result as plain JSON, made within the same limits. @throws JsonataFailure @throws UnsupportedResult */
  runToJson(surroundings: Surroundings): Json | undefined;
}

export interface Surroundings {
  /** Variables by their names without `$`. */
  readonly bindings: Readonly<Record<string, unknown>>;
  /** `$states`. */
  readonly states?: unknown;
  /** The context item and `$$`; AWS has none. */
  readonly input?: unknown;
  readonly now: EpochMs;
  readonly random: Randomness;
  readonly limits: Limits;
  /** What this evaluation uses is taken from here, and it may use no more than is left. */
  readonly effort?: Effort | undefined;
}

/**
 * Compiles an expression: JSONata 2.0.6 with AWS's functions and without `$eval`. Evaluation is synchronous and metered.
 * @throws JsonataFailure when the text is no JSONata
 */
export function program(text: string): Program {
  const syntax = parseExpression(text);
  const code = guarded(() => compile(syntax, unitOf(syntax, libraryFunction)));
  const run = (surroundings: Surroundings, meter: Meter): unknown => {
    const { input, bindings, states, now, random } = surroundings;
    const evaluation: Run = { meter, bindings, states, root: input, now, random, tail: undefined };
    const frame: Frame = { run: evaluation, outer: undefined, names: [], values: [] };
    return code(Array.isArray(input) ? wrapped(input) : input, frame);
  };
  return {
    syntax: syntax as unknown as SyntaxNode,
    run: (surroundings) => guarded(() => run(surroundings, startMeter(surroundings.limits))),
    runToJson: (surroundings) =>
      guarded(() => {
        const { limits, effort } = surroundings;
        const steps = Math.min(limits.steps, effort?.left ?? limits.steps);
        const meter = startMeter({ ...limits, steps });
        try {
          return toJson(run(surroundings, meter), meter);
        } finally {
          if (effort !== undefined)
            effort.left = Math.max(0, meter.stepsLeft + effort.left - steps - keptBy(meter, limits));
        }
      }),
  };
}

/** Results are kept until the state has them all, so their bytes count as work too. */
const keptBy = ({ bytesLeft }: Meter, limits: Limits): number => (startMeter(limits).bytesLeft - bytesLeft) >> 3;

/** An input that is an array is one item, not many. */
function wrapped(input: readonly unknown[]): unknown {
  const wrapper = asSequence([input]);
  wrapper.outerWrapper = true;
  return wrapper;
}

/** Writes the message of a failure; what JavaScript throws where nothing checked an argument becomes a failure too. */
function guarded<Value>(evaluate: () => Value): Value {
  try {
    return evaluate();
  } catch (thrown) {
    if (thrown instanceof JsonataFailure && thrown.code !== undefined)
      thrown.message = failureText(thrown.code, thrown.details, quoted) ?? thrown.message;
    if (thrown instanceof TypeError || thrown instanceof RangeError || thrown instanceof SyntaxError)
      throw new JsonataFailure(undefined, thrown.message);
    throw thrown;
  }
}
