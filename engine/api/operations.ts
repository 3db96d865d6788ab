import { definitionOperations } from './definitions.ts';
import { expressOperations } from './express.ts';
import { historyOperations } from './execution-history.ts';
import { executionOperations } from './executions.ts';
import { mapRunOperations } from './map-runs.ts';
import type { StepFunctionsApiOptions } from './options.ts';
import { stateMachineOperations } from './state-machines.ts';
import { taskTokenOperations } from './task-tokens.ts';
import { testStateOperations } from './test-state/test-state.ts';

/**
 * The operations of Step Functions by name, for callers in the same process: a request's members in, the answer's out,
 * with AWS's names. Each reads its request itself and refuses with ApiError.
 */
export const stepFunctionsOperations = (options: StepFunctionsApiOptions) => ({
  ...stateMachineOperations(options),
  ...definitionOperations(options),
  ...executionOperations(options),
  ...historyOperations(options),
  ...mapRunOperations(options),
  ...taskTokenOperations(options),
  ...expressOperations(options),
  ...testStateOperations(options),
});

export type StepFunctionsOperations = ReturnType<typeof stepFunctionsOperations>;

/** What AWS has beside, named in a refusal as such and not as a slip of the pen. (API reference, "Actions") */
export const NOT_OFFERED: ReadonlySet<string> = new Set([
  'CreateActivity',
  'CreateStateMachineAlias',
  'DeleteActivity',
  'DeleteStateMachineAlias',
  'DeleteStateMachineVersion',
  'DescribeActivity',
  'DescribeStateMachineAlias',
  'GetActivityTask',
  'ListActivities',
  'ListStateMachineAliases',
  'ListStateMachineVersions',
  'ListTagsForResource',
  'PublishStateMachineVersion',
  'RedriveExecution',
  'TagResource',
  'UntagResource',
  'UpdateStateMachineAlias',
]);
