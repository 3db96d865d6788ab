import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import aslValidator from 'asl-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readMachine } from '../../../engine/asl/index.ts';
import { readWorkflows } from '../../../adapters/aws/host/packaging/workflows.ts';
import { entries } from '../../../adapters/aws/host/entries/index.ts';
import { stepFunctions } from '../../../functions/index.ts';
import { completed, packageAws, type Packaged, type Resource, root } from '../../support/aws/packaged.ts';
import { onPath } from '../../support/on-path.ts';
import { deploysInto } from './deploys-into-moto.ts';
import { runsBundles } from './runs-bundles.ts';

const run = promisify(execFile);
const PACKAGING_MS = 300_000;

let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageAws('examples/aws/pointsman.yaml');
}, PACKAGING_MS);
afterAll(() => packaged[Symbol.asyncDispose]());

const names = [...stepFunctions.keys(), ...entries.keys()];
const workflows = readWorkflows(join(root, 'workflows'));

const resourcesOf = (type: string): readonly Resource[] =>
  Object.values(packaged.template.Resources).filter(({ Type }) => Type === type);

const lambda = (name: string) =>
  resourcesOf('AWS::Lambda::Function').find(({ Properties }) => Properties.FunctionName === `pointsman-dev-${name}`)
    ?.Properties;

const machine = (name: string) =>
  resourcesOf('AWS::StepFunctions::StateMachine').find(
    ({ Properties }) => Properties.StateMachineName === `pointsman-dev-${name}`,
  )?.Properties;

interface Statement {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** Statements of the role that a `Role` or `RoleArn` refers to. */
function statementsOf(reference: {
  readonly 'Fn::Sub'?: string;
  readonly 'Fn::GetAtt'?: readonly string[];
}): readonly Statement[] {
  const id = reference['Fn::GetAtt']?.[0] ?? /^\$\{(\w+)\.Arn\}$/.exec(reference['Fn::Sub'] ?? '')?.[1] ?? '';
  return packaged.template.Resources[id]?.Properties.Policies[0].PolicyDocument.Statement ?? [];
}

describe('what npm run package:aws makes', () => {
  it('has a Lambda for every step function and every entry, and for nothing else', () => {
    const made = resourcesOf('AWS::Lambda::Function').map(({ Properties }): string => Properties.FunctionName);

    expect(made.toSorted()).toEqual(names.map((name) => `pointsman-dev-${name}`).toSorted());
    expect([...packaged.bundles.keys()].toSorted()).toEqual(names.toSorted());
  });

  it.each(names)('runs %s on Node 24 and arm64, from one file, with a log that ends and a trace', (name) => {
    expect(lambda(name)).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: `build/aws/${name}.handler`,
      TracingConfig: { Mode: 'Active' },
    });
    expect(packaged.contents.get(name)).toEqual([`build/aws/${name}.mjs`]);
    const log = resourcesOf('AWS::Logs::LogGroup').find(
      ({ Properties }) => Properties.LogGroupName === `/aws/lambda/pointsman-dev-${name}`,
    );
    expect(log?.Properties.RetentionInDays).toBe(30);
  });

  it('gives no function what another one needs: each has a role of its own', () => {
    const roles = names.map((name) => JSON.stringify(lambda(name).Role));

    expect(new Set(roles).size).toBe(names.length);
  });

  it('allows a function what its ports do, and no more', () => {
    const ofTable = (sid: string, actions: readonly string[], partitions: readonly string[]) => ({
      Sid: sid,
      Effect: 'Allow',
      Action: actions.map((action) => `dynamodb:${action}`),
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/pointsman-dev' },
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
    });
    const own = (name: string) =>
      statementsOf(lambda(name).Role).filter(({ Sid }) => Sid !== 'Logs' && Sid !== 'Traces');
    const calls = (name: string) => ofTable('Calls', ['GetItem', 'PutItem', 'DeleteItem'], [`call#${name}#*`]);

    expect(own('check-in')).toEqual([
      calls('check-in'),
      ofTable('Leases', ['GetItem', 'PutItem'], ['lease#*']),
      ofTable('Orders', ['GetItem', 'PutItem'], ['order#*']),
    ]);
    expect(own('resolve-image')).toEqual([
      calls('resolve-image'),
      {
        Sid: 'Images',
        Effect: 'Allow',
        Action: ['ecr:DescribeImages'],
        Resource: [{ 'Fn::Sub': 'arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}:repository/shop' }],
      },
    ]);
    expect(own('shift-traffic')).toEqual([calls('shift-traffic')]);
    expect(own('take-backup').find(({ Sid }) => Sid === 'Databases')?.Action).not.toContain('rds:PromoteReadReplica');
  });

  it('allows no action by a star, and a star for resources only where AWS offers nothing narrower', () => {
    const roles = resourcesOf('AWS::IAM::Role').flatMap(
      ({ Properties }): readonly Statement[] => Properties.Policies[0].PolicyDocument.Statement,
    );
    const actions = roles.flatMap(({ Action }) => Action);
    const everywhere = new Set(
      roles.filter(({ Resource }) => JSON.stringify(Resource).includes('"*"')).map(({ Sid }) => Sid),
    );

    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    // X-Ray has no resources to name when a trace is written; deliveries of logs belong to the account.
    expect([...everywhere].toSorted()).toEqual(['Log', 'Trace', 'Traces']);
  });

  it.each([...workflows.keys()])('has the machine %s with its definition unchanged but for ARNs', (name) => {
    const shipped = JSON.parse(completed(machine(name).DefinitionString));
    const written = readFileSync(join(root, 'workflows', name, 'definition.asl.yaml'), 'utf8');
    const arns = JSON.stringify(parse(written, { merge: true })).replaceAll(/\$\{([a-z-]+)\}/g, (_, called: string) =>
      stepFunctions.has(called)
        ? `arn:aws:lambda:eu-west-1:000000000000:function:pointsman-dev-${called}`
        : `arn:aws:states:eu-west-1:000000000000:stateMachine:pointsman-dev-${called}`,
    );

    expect(shipped).toEqual(JSON.parse(arns));
  });

  it.each([...workflows.keys()])('gives the machine %s nothing that Step Functions refuses', (name) => {
    const shipped = completed(machine(name).DefinitionString);
    const reading = readMachine(shipped);

    expect(reading.ok ? [] : reading.diagnostics).toEqual([]);
    expect(aslValidator(JSON.parse(shipped)).errors).toEqual([]);
    expect(Buffer.byteLength(shipped), 'a definition has room for 1 MB').toBeLessThan(1024 * 1024);
  });

  it.each([...workflows.keys()])(
    'lets the machine %s call its own functions and machines, and tell when it fails',
    (name) => {
      const own = statementsOf(machine(name).RoleArn);
      const called = [...(workflows.get(name)?.calls ?? [])];
      const arnsOf = (sid: string) =>
        ((own.find(({ Sid }) => Sid === sid)?.Resource ?? []) as readonly unknown[]).map(completed);

      expect(
        arnsOf('Call')
          .map((arn) => arn.slice(arn.lastIndexOf(':') + 1))
          .toSorted(),
      ).toEqual(
        called
          .filter((each) => stepFunctions.has(each))
          .map((each) => `pointsman-dev-${each}`)
          .toSorted(),
      );
      expect(
        arnsOf('Start')
          .map((arn) => arn.slice(arn.lastIndexOf(':') + 1))
          .toSorted(),
      ).toEqual(
        called
          .filter((each) => workflows.has(each))
          .map((each) => `pointsman-dev-${each}`)
          .toSorted(),
      );
      expect(own.some(({ Sid }) => Sid === 'Hear')).toBe(
        ['deploy', 'failback', 'failover-drill', 'switchover'].includes(name),
      );
      const alarms = resourcesOf('AWS::CloudWatch::Alarm').filter(({ Properties }) =>
        JSON.stringify(Properties.Dimensions).includes(`"${machineId(name)}"`),
      );
      expect(alarms.map(({ Properties }): string => Properties.MetricName).toSorted()).toEqual([
        'ExecutionThrottled',
        'ExecutionsFailed',
        'ExecutionsTimedOut',
      ]);
      expect(machine(name)).toMatchObject({
        TracingConfiguration: { Enabled: true },
        LoggingConfiguration: { Level: 'ERROR', IncludeExecutionData: false },
      });
    },
  );

  const machineId = (name: string) =>
    Object.entries(packaged.template.Resources).find(
      ([, { Properties }]) => Properties?.StateMachineName === `pointsman-dev-${name}`,
    )?.[0];

  it('starts a rollout by a push into the repositories of its services, and keeps an event that it could not handle', () => {
    const [rule] = resourcesOf('AWS::Events::Rule');

    expect(rule?.Properties).toMatchObject({
      EventPattern: {
        source: ['aws.ecr'],
        'detail-type': ['ECR Image Action'],
        detail: { 'action-type': ['PUSH'], result: ['SUCCESS'], 'repository-name': ['shop'] },
      },
      Targets: [{ DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } } }],
    });
    const failing = resourcesOf('AWS::Lambda::EventInvokeConfig').map(({ Properties }) => Properties.DestinationConfig);
    expect(failing).toEqual(
      [...entries.keys()].map(() => ({ OnFailure: { Destination: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } } })),
    );
  });

  it('starts backups by the clock', () => {
    const [schedule] = resourcesOf('AWS::Scheduler::Schedule');

    expect(schedule?.Properties).toMatchObject({
      ScheduleExpression: 'cron(0 2 * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      Target: { DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } } },
    });
    expect(JSON.parse(schedule?.Properties.Target.Input)).toEqual({
      schedule: 'nightly',
      workflow: 'backup',
      input: { group: 'shop-data' },
      scheduledAt: '<aws.scheduler.scheduled-time>',
    });
  });

  it('keeps the table when the stack is deleted', () => {
    expect(resourcesOf('AWS::DynamoDB::Table')).toMatchObject([
      { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' },
    ]);
  });

  it('keeps within what CloudFormation takes', () => {
    expect(Object.keys(packaged.template.Resources).length).toBeLessThan(500);
    expect(statSync(packaged.templateFile).size).toBeLessThan(1024 * 1024);
  });

  const linter = onPath('cfn-lint');
  it.skipIf(linter === undefined)(
    `is found without fault by cfn-lint${linter === undefined ? ', which is not on PATH' : ''}`,
    async () => {
      await expect(run(linter ?? '', [packaged.templateFile])).resolves.toMatchObject({ stdout: '' });
    },
    120_000,
  );
});

describe('bundles', () => {
  it.each([...stepFunctions.values()].map(({ name, needs }) => ({ name, needs })))(
    '$name is small for what it uses',
    ({ name, needs }) => {
      const { size } = statSync(packaged.bundles.get(name) ?? '');
      const usesSdk = needs.includes('store') || needs.includes('backups');

      expect(size).toBeLessThan(usesSdk ? 500_000 : 50_000);
      expect(readFileSync(packaged.bundles.get(name) ?? '', 'utf8').includes('RDSClient')).toBe(usesSdk);
    },
  );
});

runsBundles(() => packaged);
deploysInto(() => packaged);
