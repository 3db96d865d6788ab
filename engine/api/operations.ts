import { definitionOperations } from './definitions.ts';
import { historyOperations } from './execution-history.ts';
import { executionOperations } from './executions.ts';
import type { StepFunctionsApiOptions } from './options.ts';
import { stateMachineOperations } from './state-machines.ts';
import { taskTokenOperations } from './task-tokens.ts';

/**
 * The operations of Step Functions by name, for callers in the same process: a request's members in, the answer's out,
 * with AWS's names. Each reads its request itself and refuses with ApiError.
 */
export const stepFunctionsOperations = (options: StepFunctionsApiOptions) => ({
  ...stateMachineOperations(options),
  ...definitionOperations(options),
  ...executionOperations(options),
  ...historyOperations(options),
  ...taskTokenOperations(options),
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
  'DescribeMapRun',
  'DescribeStateMachineAlias',
  'GetActivityTask',
  'ListActivities',
  'ListMapRuns',
  'ListStateMachineAliases',
  'ListStateMachineVersions',
  'ListTagsForResource',
  'PublishStateMachineVersion',
  'RedriveExecution',
  'StartSyncExecution',
  'TagResource',
  'TestState',
  'UntagResource',
  'UpdateMapRun',
  'UpdateStateMachineAlias',
]);
