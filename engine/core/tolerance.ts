import type { MapState } from '../asl/machine.ts';
import { EvaluationError, type Scope } from '../data/evaluation.ts';
import { floatIn, integerIn } from './dynamic.ts';
import type { Tolerance } from './map-run.ts';

/** How many failed items a distributed Map bears. @throws EvaluationError in AWS's words when it is no such number */
export function toleranceIn(state: MapState, scope: Scope): Tolerance {
  const { toleratedFailureCount, toleratedFailurePercentage } = state;
  const count = toleratedFailureCount && integerIn(toleratedFailureCount, scope);
  const percentage = toleratedFailurePercentage && floatIn(toleratedFailurePercentage, scope);
  if (count !== undefined && count < 0)
    throw new EvaluationError('States.Runtime', 'ToleratedFailureCount cannot be negative.');
  if (percentage !== undefined && (percentage < 0 || percentage > 100))
    throw new EvaluationError('States.Runtime', 'ToleratedFailurePercentage must be between 0 and 100.');
  return { count, percentage };
}
