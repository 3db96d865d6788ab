import { EvaluationError } from './evaluation.ts';
import { isObject, type Json } from './json.ts';

/** What the expressions of one state may still do together: about as many looks at a value, some tens of nanoseconds each. */
export interface Effort {
  left: number;
}

/**
 * Our own: twice what one JSONata expression may use, some seconds. A definition has room for tens of thousands of expressions.
 * Counting work, not time, lets a replay end where the first run ended.
 */
export const STATE_EFFORT = 40_000_000;

export const fullEffort = (): Effort => ({ left: STATE_EFFORT });

/** Before work of this size. @throws EvaluationError `States.Runtime` when the state has done enough */
export function exert(effort: Effort, amount: number): void {
  effort.left -= amount;
  if (!(effort.left >= 0))
    throw new EvaluationError(
      'States.Runtime',
      'The expressions of the state do too much work: look at less of the data, or spread it over several states.',
    );
}

/** As `exert`, for work that looks at all of a value or writes it out, as often as its parts stand in it. */
export function exertOver(effort: Effort, value: Json): void {
  if (typeof value === 'string') return exert(effort, 1 + (value.length >> 2));
  exert(effort, 1);
  if (Array.isArray(value)) for (const item of value) exertOver(effort, item);
  else if (isObject(value)) for (const key of Object.keys(value)) exertOver(effort, value[key] ?? null);
}
