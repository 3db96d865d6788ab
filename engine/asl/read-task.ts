import { isObject, own } from '../data/json.ts';
import type { Dynamic, Resource, TaskState } from './machine.ts';
import { readDynamicNumber } from './read-dynamic.ts';
import { readTemplate } from './read-expressions.ts';
import { readFlow } from './read-flow.ts';
import { readNext } from './read-next.ts';
import { readCatchers, readRetriers } from './read-recovery.ts';
import { longestSeconds, readText } from './read-values.ts';
import { parseResource, resourceProblem } from './resources.ts';
import { readSection } from './section.ts';
import type { StateSource } from './state-source.ts';

type ServiceResource = Extract<Resource, { kind: 'service' }>;

/** A Task state; undefined when its resource is none, which is reported. */
export function readTask(source: StateSource): TaskState | undefined {
  const { name, language, place } = source;
  const bounds = { min: 1, max: longestSeconds };
  const timeoutSeconds = readDynamicNumber({ section: source, field: 'TimeoutSeconds', language }, bounds);
  const heartbeatSeconds = readDynamicNumber({ section: source, field: 'HeartbeatSeconds', language }, bounds);
  if (!isShorter(heartbeatSeconds, timeoutSeconds))
    place.at('HeartbeatSeconds').error("'HeartbeatSeconds' must be less than 'TimeoutSeconds'");
  checkCredentials(source);
  const task = {
    flow: readFlow(source),
    timeoutSeconds,
    heartbeatSeconds,
    credentials: readTemplate({ section: source, field: 'Credentials', language }),
    retry: readRetriers(source),
    catch: readCatchers(source),
    next: readNext(source),
  };
  const resource = readResource(source);
  return resource && { name, type: 'Task', resource, ...task };
}

function readResource(source: StateSource) {
  const arn = readText(source, 'Resource');
  if (arn === undefined) return undefined;
  const problem = resourceProblem(arn, source.rules.machineType, source.rules.knows);
  if (problem !== undefined) source.place.at('Resource').error(problem);
  const resource = parseResource(arn);
  if (problem === undefined && resource?.kind === 'service') checkRequest(source, resource);
  if (resource?.kind === 'activity' && own(source.fields, 'Credentials') !== undefined)
    source.place.at('Credentials').error("The field 'Credentials' is not supported for activities");
  return resource;
}

/** What a service integration cannot do without. The place of the second refusal is a guess. */
function checkRequest({ fields, place, language }: StateSource, { service, action }: ServiceResource): void {
  const field = language === 'JSONata' ? 'Arguments' : 'Parameters';
  const request = own(fields, field);
  if (request === undefined)
    place.at('Resource').error(`${field} field is required for resource ARN: arn:aws:states:::${service}:${action}`);
  const name = own(requiredOf, `${service}:${action}`);
  if (name === undefined || !isObject(request)) return;
  if (own(request, name) === undefined && own(request, `${name}.$`) === undefined)
    place.at(field).error(`The field '${name}' is required but was missing`);
}

const requiredOf: Readonly<Record<string, string>> = {
  'lambda:invoke': 'FunctionName',
  'states:startExecution': 'StateMachineArn',
};

/** Only two constants can be compared before the state runs. */
function isShorter(heartbeat: Dynamic | undefined, timeout: Dynamic | undefined): boolean {
  if (heartbeat?.kind !== 'constant' || timeout?.kind !== 'constant') return true;
  return Number(heartbeat.value) < Number(timeout.value);
}

function checkCredentials({ fields, place, language }: StateSource): void {
  const value = own(fields, 'Credentials');
  if (value === undefined) return;
  const credentials = readSection(value, place.at('Credentials'));
  if (credentials === undefined) return;
  const names = language === 'JSONPath' ? ['RoleArn', 'RoleArn.$'] : ['RoleArn'];
  if (!names.some((name) => own(credentials.fields, name) !== undefined))
    credentials.place.error("The field 'RoleArn' is required but was missing");
}
