import { stepFunctions } from '../../../../functions/index.ts';
import type { Place } from './deployment.ts';
import { arnOf, functionArn, logicalId, machineArn, roleOf } from './names.ts';
import { allow } from './permissions.ts';
import type { Workflow } from './workflows.ts';

/** What serverless-step-functions writes as `Fn::Sub`: it takes `#{AWS::Region}` for `${AWS::Region}`. */
const pseudo = (arn: { readonly 'Fn::Sub': string }): string => arn['Fn::Sub'].replaceAll('${', '#{');

/**
 * Every workflow as a state machine: its definition with the ARNs of its functions and machines, a role that allows to call
 * these and nothing else, a log of what went wrong, a trace, and alarms.
 */
export function stateMachines(place: Place, workflows: ReadonlyMap<string, Workflow>) {
  const machines: Record<string, object> = {};
  const resources: Record<string, object> = {};
  for (const [name, workflow] of workflows) {
    const id = `${logicalId(name)}Machine`;
    const resolve = (called: string) => {
      if (stepFunctions.has(called)) return pseudo(functionArn(place, called));
      return workflows.has(called) ? pseudo(machineArn(place, called)) : undefined;
    };
    machines[name] = {
      id,
      name: `${place.prefix}-${name}`,
      type: 'STANDARD',
      role: { 'Fn::GetAtt': [`${id}Role`, 'Arn'] },
      definition: workflow.definition(resolve),
      // What goes through a machine may be what only its people should know, so the log has none of it.
      loggingConfig: {
        level: 'ERROR',
        includeExecutionData: false,
        destinations: [{ 'Fn::GetAtt': [`${id}Log`, 'Arn'] }],
      },
      tracingConfig: { enabled: true },
      alarms: {
        topics: { alarm: { Ref: 'Alarms' } },
        metrics: ['executionsFailed', 'executionsTimedOut', 'executionThrottled'],
        treatMissingData: 'notBreaching',
      },
    };
    resources[`${id}Log`] = {
      Type: 'AWS::Logs::LogGroup',
      // Names of vended logs need no resource policy of their own, of which an account has few.
      Properties: { LogGroupName: `/aws/vendedlogs/states/${place.prefix}-${name}`, RetentionInDays: 30 },
    };
    resources[`${id}Role`] = roleOf('states.amazonaws.com', statementsOf(place, workflow, workflows));
  }
  return { stateMachines: machines, resources };
}

function statementsOf(place: Place, { calls, awaits }: Workflow, workflows: ReadonlyMap<string, Workflow>) {
  const functions = [...calls].filter((called) => stepFunctions.has(called));
  const children = [...calls].filter((called) => workflows.has(called));
  const machines = children.map((child) => machineArn(place, child));
  const executions = children.map((child) => arnOf('states', `execution:${place.prefix}-${child}:*`));
  // Step Functions hears of the end of a child by a rule of its own. (Guide, "Service integrations", "startExecution.sync")
  const rule = arnOf('events', 'rule/StepFunctionsGetEventsForStepFunctionsExecutionRule');
  const traces = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'];
  const call = functions.map((called) => functionArn(place, called));
  return [
    allow('Call', ['lambda:InvokeFunction'], call),
    ...(children.length > 0 ? [allow('Start', ['states:StartExecution'], machines)] : []),
    ...(awaits ? [allow('Await', ['states:DescribeExecution', 'states:StopExecution'], executions)] : []),
    ...(awaits ? [allow('Hear', ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], rule)] : []),
    allow('Log', logDelivery, '*'),
    allow(
      'Trace',
      traces.map((action) => `xray:${action}`),
      '*',
    ),
  ];
}

/** None of these is offered for single resources. (Step Functions guide, "Logging using CloudWatch Logs") */
const logDelivery = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];
