import type { HostConfiguration } from './host-configuration.ts';
import { entries } from '../entries/index.ts';
import type { Place } from './deployment.ts';
import { arnOf, logicalId, roleOf } from './names.ts';
import { allow, portPermissions, remembersCalls, type Statement } from './permissions.ts';
import { entryFolder, lambdaPorts } from './write-entries.ts';

/** Every function as serverless.yml takes it, and a role for each that allows what its ports do. */
export function lambdaFunctions(place: Place, configuration: HostConfiguration) {
  const functions: Record<string, object> = {};
  const resources: Record<string, object> = {};
  for (const [name, ports] of lambdaPorts()) {
    const role = `${logicalId(name)}Role`;
    const usesRds = ports.includes('store') || ports.includes('backups');
    const statements = ports.flatMap((port) => portPermissions(port, place, configuration));
    const isInVpc = usesRds && configuration.network !== undefined;
    functions[name] = {
      name: `${place.prefix}-${name}`,
      handler: `${entryFolder}/${name}.handler`,
      role: { 'Fn::Sub': `\${${role}.Arn}` },
      description: `Pointsman: ${name.replaceAll('-', ' ')}`,
      // A signed call or two need little; the SDK of RDS loads twice as fast with twice the memory, which brings more of a CPU.
      memorySize: usesRds ? 512 : 256,
      ...(usesRds && { environment: { NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem' } }), // certificates of RDS among them
      ...(isInVpc && { vpc: configuration.network }),
      ...(entries.has(name) && { destinations: { onFailure: deadLetters } }),
      ...(name === 'start-rollout' && { events: pushes(configuration) }),
    };
    resources[role] = roleOf('lambda.amazonaws.com', [
      logs(place, name),
      allow('Traces', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*'),
      ...(isInVpc ? [network] : []),
      ...(entries.has(name) ? [allow('DeadLetters', ['sqs:SendMessage'], deadLetters.arn)] : []),
      remembersCalls(place, name),
      ...merged(statements),
    ]);
  }
  return { functions, resources };
}

const deadLetters = { type: 'sqs', arn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } };

const logs = ({ prefix }: Place, name: string): Statement =>
  allow(
    'Logs',
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    arnOf('logs', `log-group:/aws/lambda/${prefix}-${name}:*`),
  );

/** Network interfaces have no names before Lambda makes them. (Lambda developer guide, "Attaching functions to a VPC") */
const network = allow(
  'Network',
  [
    'ec2:CreateNetworkInterface',
    'ec2:DeleteNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DescribeSecurityGroups',
    'ec2:DescribeVpcs',
  ],
  '*',
);

/** Pushes into the repositories of the configured services. */
function pushes(configuration: HostConfiguration): readonly object[] {
  const images = Object.values(configuration.services).map(({ image }) => image);
  if (images.length === 0) return [];
  return [
    {
      eventBridge: {
        pattern: {
          source: ['aws.ecr'],
          'detail-type': ['ECR Image Action'],
          detail: { 'action-type': ['PUSH'], result: ['SUCCESS'], 'repository-name': [...new Set(images)] },
        },
        retryPolicy: { maximumEventAge: 3600, maximumRetryAttempts: 20 },
        deadLetterQueueArn: deadLetters.arn,
      },
    },
  ];
}

/** Two ports may need the same; actions on the same resources are one statement. */
function merged(statements: readonly Statement[]): readonly Statement[] {
  const bySid = new Map<string, Statement>();
  for (const statement of statements) {
    const before = bySid.get(statement.Sid)?.Action ?? [];
    bySid.set(statement.Sid, { ...statement, Action: [...new Set([...before, ...statement.Action])] });
  }
  return [...bySid.values()];
}
