import { own } from '../data/json.ts';
import type { Dynamic, TaskState } from './machine.ts';
import { readDynamicNumber } from './read-dynamic.ts';
import { readTemplate } from './read-expressions.ts';
import { readFlow } from './read-flow.ts';
import { readNext } from './read-next.ts';
import { readCatchers, readRetriers } from './read-recovery.ts';
import { longestSeconds, readText } from './read-values.ts';
import { parseResource, resourceProblem } from './resources.ts';
import { readSection } from './section.ts';
import type { StateSource } from './state-source.ts';

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
  return parseResource(arn);
}

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
