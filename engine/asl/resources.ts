import { own } from '../data/json.ts';
import type { Resource } from './machine.ts';

type Pattern = Extract<Resource, { kind: 'service' }>['pattern'];

/** The service integrations every host performs, with their patterns. */
const offered: Readonly<Record<string, readonly Pattern[]>> = {
  'lambda:invoke': ['request', 'waitForTaskToken'],
  'states:startExecution': ['request', 'sync', 'sync:2', 'waitForTaskToken'],
};

/** Integrations that AWS has and no host here performs yet; anything else is a slip of the pen. (AWS, "Integrating services") */
const notYetOffered: Readonly<Record<string, readonly string[]>> = {
  apigateway: ['invoke'],
  athena: ['startQueryExecution', 'stopQueryExecution', 'getQueryExecution', 'getQueryResults'],
  batch: ['submitJob'],
  bedrock: ['invokeModel', 'createModelCustomizationJob'],
  bedrockagentcore: ['invokeHarness'],
  codebuild: ['startBuild', 'stopBuild', 'batchDeleteBuilds', 'batchGetReports', 'startBuildBatch', 'stopBuildBatch'],
  databrew: ['startJobRun'],
  dynamodb: ['getItem', 'putItem', 'updateItem', 'deleteItem'],
  ecs: ['runTask'],
  eks: ['call', 'runJob', 'createCluster', 'deleteCluster', 'createNodegroup', 'deleteNodegroup'],
  events: ['putEvents'],
  glue: ['startJobRun'],
  http: ['invoke'],
  mediaconvert: ['createJob'],
  sns: ['publish'],
  sqs: ['sendMessage'],
};

const functionArn = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(?::(?:\$LATEST|[\w-]+))?$/;
const activityArn = /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:activity:[^\s:]{1,80}$/;
const serviceArn =
  /^arn:aws[a-z-]*:states:::(?<service>aws-sdk:\w+|[\w-]+):(?<action>\w+)(?:\.(?<pattern>sync:2|sync|waitForTaskToken))?$/;

/** What a `Resource` text names; undefined when it is the ARN of nothing a Task can call. */
export function parseResource(arn: string): Resource | undefined {
  if (functionArn.test(arn)) return { kind: 'function', arn };
  if (activityArn.test(arn)) return { kind: 'activity', arn };
  const { service, action, pattern } = serviceArn.exec(arn)?.groups ?? {};
  if (service === undefined || action === undefined) return undefined;
  return { kind: 'service', arn, service, action, pattern: toPattern(pattern) };
}

/** Why a Task may not name this resource, in AWS's words where AWS refuses it too; undefined when it may. */
export function resourceProblem(
  arn: string,
  machineType: 'STANDARD' | 'EXPRESS',
  knows: (resource: string) => boolean,
): string | undefined {
  if (!arn.startsWith('arn:')) return 'Value is not a valid resource ARN';
  const resource = parseResource(arn);
  if (resource === undefined) return notRecognized(arn);
  if (machineType === 'EXPRESS') {
    const problem = expressProblem(resource);
    if (problem !== undefined) return problem;
  }
  if (isOffered(resource) || knows(arn)) return undefined;
  if (resource.kind === 'service' && awsHas(resource))
    return `The service integration '${nameOf(resource)}' is not offered here yet; what is: ${listOffered()} and the ARN of a function`;
  return notRecognized(arn);
}

function expressProblem(resource: Resource): string | undefined {
  if (resource.kind === 'activity') return 'Express state machine does not support Activity ARN';
  if (resource.kind !== 'service' || resource.pattern === 'request') return undefined;
  // The second text ends in a space on AWS.
  return resource.pattern === 'waitForTaskToken'
    ? "Express state machine does not support '.waitForTaskToken' service integration "
    : "Express state machine does not support '.sync' service integration";
}

function isOffered(resource: Resource): boolean {
  if (resource.kind !== 'service') return true;
  return own(offered, `${resource.service}:${resource.action}`)?.includes(resource.pattern) ?? false;
}

const awsHas = ({ service, action }: Extract<Resource, { kind: 'service' }>): boolean =>
  service.startsWith('aws-sdk:') ||
  service.startsWith('emr-') ||
  ['elasticmapreduce', 'sagemaker'].includes(service) ||
  (own(notYetOffered, service)?.includes(action) ?? false);

const nameOf = ({ service, action, pattern }: Extract<Resource, { kind: 'service' }>): string =>
  pattern === 'request' ? `${service}:${action}` : `${service}:${action}.${pattern}`;

const listOffered = (): string =>
  Object.entries(offered)
    .map(([name, patterns]) => `${name} (${patterns.join(', ')})`)
    .join(', ');

const notRecognized = (arn: string): string =>
  `The resource provided ${arn} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`;

function toPattern(text: string | undefined): Pattern {
  return text === 'sync' || text === 'sync:2' || text === 'waitForTaskToken' ? text : 'request';
}
