import { StepFailure } from '../../../../functions/step-failure.ts';
import type { HostConfiguration } from './host-configuration.ts';
import { sealed } from '../sealed.ts';
import type { Place } from './deployment.ts';
import { arnOf, functionArn, logicalId, roleOf } from './names.ts';
import { allow } from './permissions.ts';
import type { Workflow } from './workflows.ts';

/** What stands around functions and machines: the table, the configuration, schedules, the queue of dead letters, alarms. */
export function stackResources(
  place: Place,
  configuration: HostConfiguration,
  workflows: ReadonlyMap<string, Workflow>,
): Record<string, object> {
  return {
    Table: table(place),
    ...parameters(place, configuration),
    DeadLetters: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: `${place.prefix}-dead-letters`,
        MessageRetentionPeriod: 1_209_600,
        SqsManagedSseEnabled: true,
      },
    },
    // Rules of EventBridge have no role of their own to send with.
    DeadLettersPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'DeadLetters' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] },
              Condition: { ArnLike: { 'aws:SourceArn': arnOf('events', `rule/${place.prefix}-*`) } },
            },
          ],
        },
      },
    },
    // Alarms cannot write to a topic that is encrypted with the key that AWS keeps for SNS.
    Alarms: { Type: 'AWS::SNS::Topic', Properties: { TopicName: `${place.prefix}-alarms` } },
    DeadLettersAlarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: {
        AlarmName: `${place.prefix}-dead-letters`,
        AlarmDescription: 'An event or a schedule started nothing: the message in the queue says which and why',
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['DeadLetters', 'QueueName'] } }],
        Statistic: 'Maximum',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 0,
        ComparisonOperator: 'GreaterThanThreshold',
        TreatMissingData: 'notBreaching',
        AlarmActions: [{ Ref: 'Alarms' }],
      },
    },
    ...schedules(place, configuration, workflows),
  };
}

/** It outlives the stack: epochs of leases may never begin anew, and the ledger is kept for ever. */
const table = ({ prefix }: Place) => ({
  Type: 'AWS::DynamoDB::Table',
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    TableName: prefix,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    TimeToLiveSpecification: { AttributeName: 'expiresAtSeconds', Enabled: true },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  },
});

/** The longest value that the Parameter Store takes. */
const LONGEST = 8192;
/** The longest that costs nothing. */
const FREE = 4096;

function parameters({ stage }: Place, { services, groups, notifications }: HostConfiguration): Record<string, object> {
  const values: (readonly [string, unknown])[] = [
    ...Object.entries(services).map(([name, value]) => [`services/${name}`, value] as const),
    ...Object.entries(groups).map(([name, value]) => [`groups/${name}`, value] as const),
    ['notifications', notifications],
  ];
  return Object.fromEntries(
    values.map(([name, value]) => {
      const text = sealed(value);
      if (text.length > LONGEST)
        throw new StepFailure(
          'Pointsman.NotConfigured',
          `${name} takes ${text.length} characters as JSON; a parameter has room for ${LONGEST}`,
        );
      const Properties = {
        Name: `/pointsman/${stage}/configuration/${name}`,
        Type: 'String',
        Tier: text.length > FREE ? 'Advanced' : 'Standard',
        Value: text,
      };
      return [`Configuration${logicalId(name)}`, { Type: 'AWS::SSM::Parameter', Properties }];
    }),
  );
}

function schedules(
  place: Place,
  { schedules: configured }: HostConfiguration,
  workflows: ReadonlyMap<string, Workflow>,
): Record<string, object> {
  if (Object.keys(configured).length === 0) return {};
  const starter = functionArn(place, 'start-scheduled');
  const deadLetters = { 'Fn::GetAtt': ['DeadLetters', 'Arn'] };
  const made = Object.entries(configured).map(([schedule, { expression, timeZone, workflow, input }]) => {
    if (!workflows.has(workflow))
      throw new StepFailure(
        'Pointsman.NotConfigured',
        `schedules.${schedule}: there is no workflow ${workflow}; there are ${[...workflows.keys()].join(', ')}`,
      );
    const Properties = {
      Name: `${place.prefix}-${schedule}`,
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: timeZone,
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: starter,
        RoleArn: { 'Fn::GetAtt': ['SchedulesRole', 'Arn'] },
        Input: JSON.stringify({ schedule, workflow, input, scheduledAt: '<aws.scheduler.scheduled-time>' }),
        DeadLetterConfig: { Arn: deadLetters },
        RetryPolicy: { MaximumEventAgeInSeconds: 3600, MaximumRetryAttempts: 20 },
      },
    };
    return [`${logicalId(schedule)}Schedule`, { Type: 'AWS::Scheduler::Schedule', Properties }] as const;
  });
  const role = roleOf('scheduler.amazonaws.com', [
    allow('Call', ['lambda:InvokeFunction'], starter),
    allow('DeadLetters', ['sqs:SendMessage'], deadLetters),
  ]);
  return { SchedulesRole: role, ...Object.fromEntries(made) };
}
