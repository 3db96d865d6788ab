import { functionArn } from '../support/run-machine.ts';

interface Call {
  readonly operation: string;
  readonly request: object;
}

const ROLE = 'arn:aws:iam::000000000000:role/r';
const arn = (type: string, name: string): string => `arn:aws:states:us-east-1:000000000000:${type}:${name}`;
const machine = arn('stateMachine', 'm');
/** Of the activity that the machine `waits` hands its task to. */
export const activityArn = arn('activity', 'a');
const call = (operation: string, request: object): Call => ({ operation, request });

const processor = {
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  StartAt: 'P',
  States: { P: { Type: 'Pass', End: true } },
};
const definitions = {
  passes: { StartAt: 'P', States: { P: { Type: 'Pass', Result: 1, End: true } } },
  fails: { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E', Cause: 'C' } } },
  waits: { StartAt: 'A', States: { A: { Type: 'Task', Resource: activityArn, End: true } } },
  calls: { StartAt: 'T', States: { T: { Type: 'Task', Resource: functionArn('verify-release'), End: true } } },
  maps: { StartAt: 'M', States: { M: { Type: 'Map', ItemProcessor: processor, Label: 'Map', End: true } } },
};
const create = (name: string, definition: object, more: object = {}) =>
  call('CreateStateMachine', { name, roleArn: ROLE, definition: JSON.stringify(definition), ...more });
const start = (name: string, more: object = {}) =>
  call('StartExecution', { stateMachineArn: arn('stateMachine', name), name: 'e', ...more });
const execution = (name: string) => ({ executionArn: arn('execution', `${name}:e`) });
const onMachine = { stateMachineArn: machine };

/** Calls of every operation, in an order in which each has something to answer. */
export const everyOperation = (mapRunArn: () => string): readonly (Call | (() => Call))[] => [
  call('CreateActivity', { name: 'a', tags: [{ key: 'k', value: 'v' }] }),
  call('DescribeActivity', { activityArn }),
  call('ListActivities', {}),
  create('m', definitions.passes, { publish: true, tags: [{ key: 'k', value: 'v' }] }),
  create('fails', definitions.fails),
  create('waits', definitions.waits),
  create('calls', definitions.calls),
  create('maps', definitions.maps),
  create('express', definitions.passes, { type: 'EXPRESS' }),
  call('UpdateStateMachine', { ...onMachine, roleArn: `${ROLE}2`, publish: true, versionDescription: 'second' }),
  call('PublishStateMachineVersion', { stateMachineArn: arn('stateMachine', 'fails'), description: 'first' }),
  call('ListStateMachineVersions', onMachine),
  call('CreateStateMachineAlias', {
    name: 'live',
    description: 'what is live',
    routingConfiguration: [
      { stateMachineVersionArn: `${machine}:1`, weight: 90 },
      { stateMachineVersionArn: `${machine}:2`, weight: 10 },
    ],
  }),
  call('DescribeStateMachineAlias', { stateMachineAliasArn: `${machine}:live` }),
  call('UpdateStateMachineAlias', { stateMachineAliasArn: `${machine}:live`, description: 'changed' }),
  call('ListStateMachineAliases', onMachine),
  call('DescribeStateMachine', onMachine),
  call('DescribeStateMachine', { stateMachineArn: `${machine}:2` }),
  call('DescribeStateMachine', { ...onMachine, includedData: 'METADATA_ONLY' }),
  call('ListStateMachines', { maxResults: 1 }),
  call('TagResource', { resourceArn: machine, tags: [{ key: 'k2', value: 'v' }] }),
  call('ListTagsForResource', { resourceArn: machine }),
  call('UntagResource', { resourceArn: machine, tagKeys: ['k'] }),
  call('ValidateStateMachineDefinition', { definition: '{"States":{}}', severity: 'WARNING' }),
  call('TestState', { definition: JSON.stringify(definitions.passes.States.P), inspectionLevel: 'DEBUG' }),
  start('m', { input: '{"a":1}' }),
  start('m:live', { name: 'by-alias' }),
  start('fails'),
  start('waits'),
  start('calls'),
  start('maps', { input: '[1,2]' }),
  call('StartSyncExecution', { stateMachineArn: arn('stateMachine', 'express') }),
  call('DescribeExecution', execution('m')),
  call('DescribeExecution', execution('fails')),
  call('DescribeExecution', { ...execution('m'), includedData: 'METADATA_ONLY' }),
  call('DescribeStateMachineForExecution', execution('m')),
  call('ListExecutions', onMachine),
  call('ListExecutions', { stateMachineArn: `${machine}:live` }),
  call('GetExecutionHistory', execution('m')),
  call('GetExecutionHistory', { ...execution('fails'), reverseOrder: true, includeExecutionData: false }),
  call('ListMapRuns', execution('maps')),
  () => call('DescribeMapRun', { mapRunArn: mapRunArn() }),
  () => call('ListExecutions', { mapRunArn: mapRunArn() }),
  call('GetExecutionHistory', execution('maps')),
  call('RedriveExecution', execution('fails')),
  call('GetExecutionHistory', execution('fails')),
  call('StopExecution', { ...execution('calls'), error: 'E', cause: 'C' }),
  call('GetExecutionHistory', execution('calls')),
  call('DeleteStateMachineAlias', { stateMachineAliasArn: `${machine}:live` }),
  call('DeleteStateMachineVersion', { stateMachineVersionArn: `${machine}:1` }),
  call('DeleteStateMachine', onMachine),
  call('DeleteActivity', { activityArn: arn('activity', 'none') }),
];
