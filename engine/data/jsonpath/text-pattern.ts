import { type Effort, exert } from '../effort.ts';
import { JsonataFailure } from '../jsonata/failure.ts';
import { awsLimits, startMeter } from '../jsonata/meter.ts';
import { compilePattern } from '../jsonata/patterns/compile-pattern.ts';
import { matchPattern } from '../jsonata/patterns/match-pattern.ts';
import type { Pattern } from '../jsonata/patterns/pattern-program.ts';

/** Of one match; many times what a pattern needs that does not try the same text again and again. */
const MOST_MOVES = 4_000_000;

/** The regular expression of a filter. It is matched step by step, so one that would backtrack for ever ends. */
export class TextPattern {
  readonly #pattern: Pattern;

  /** @throws SyntaxError when it is no regular expression @throws JsonataFailure when its classes are too large */
  constructor(body: string, flags: string) {
    const { source } = new RegExp(`^(?:${body})$`, flags); // Java's `matches`: the whole text
    this.#pattern = compilePattern(source, flags);
  }

  /** @throws EvaluationError `States.Runtime` when the state has done enough */
  matches(text: string, effort: Effort): boolean {
    const steps = Math.min(effort.left, MOST_MOVES);
    const meter = startMeter({ ...awsLimits, steps });
    try {
      const found = matchPattern(this.#pattern, text, 0, meter) !== undefined;
      exert(effort, 1 + steps - meter.stepsLeft);
      return found;
    } catch (thrown) {
      if (thrown instanceof JsonataFailure) exert(effort, Number.POSITIVE_INFINITY); // it wants more than there is
      throw thrown;
    }
  }
}
