import { activityOperations } from './activities.ts';
import { aliasOperations } from './aliases.ts';
import { definitionOperations } from './definitions.ts';
import { expressOperations } from './express.ts';
import { historyOperations } from './execution-history.ts';
import { executionOperations } from './executions.ts';
import { mapRunOperations } from './map-runs.ts';
import { oneByOne } from './one-by-one.ts';
import type { StepFunctionsApiOptions } from './options.ts';
import { stateMachineOperations } from './state-machines.ts';
import { tagOperations } from './tags.ts';
import { taskTokenOperations } from './task-tokens.ts';
import { testStateOperations } from './test-state/test-state.ts';
import { versionOperations } from './versions.ts';

/**
 * The operations of Step Functions by name, for callers in the same process: a request's members in, the answer's out,
 * with AWS's names. Each reads its request itself and refuses with ApiError.
 */
export function stepFunctionsOperations(options: StepFunctionsApiOptions) {
  const parts = { ...options, inTurn: oneByOne() };
  return {
    ...stateMachineOperations(parts),
    ...versionOperations(parts),
    ...aliasOperations(parts),
    ...activityOperations(parts),
    ...tagOperations(parts),
    ...definitionOperations(parts),
    ...executionOperations(parts),
    ...historyOperations(parts),
    ...mapRunOperations(parts),
    ...taskTokenOperations(parts),
    ...expressOperations(parts),
    ...testStateOperations(parts),
  };
}

export type StepFunctionsOperations = ReturnType<typeof stepFunctionsOperations>;
