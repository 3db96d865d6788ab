import type { Resource } from '../asl/machine.ts';
import type { Json } from '../data/json.ts';
import { dataDetails, type Draft, recordOn, startFrame } from './draft.ts';
import type { Details } from './history.ts';

/** What a task does, as the history tells it. AWS has three families of events, by what the `Resource` is. */
export interface Schedule {
  readonly input: Json;
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
  readonly roleArn: string | undefined;
}

export function recordScheduled(draft: Draft, frameId: string, resource: Resource, schedule: Schedule): void {
  const limits = {
    ...(schedule.timeoutSeconds === undefined ? {} : { timeoutInSeconds: schedule.timeoutSeconds }),
    ...(schedule.heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: schedule.heartbeatSeconds }),
    ...(schedule.roleArn === undefined ? {} : { taskCredentials: { roleArn: schedule.roleArn } }),
  };
  const data =
    resource.kind === 'service'
      ? { ...serviceName(resource), region: regionOf(draft), parameters: JSON.stringify(schedule.input) }
      : { resource: resource.arn, ...dataDetails('input', schedule.input) };
  say(draft, frameId, resource, 'Scheduled', { ...data, ...limits });
}

export function recordStarted(draft: Draft, frameId: string, resource: Resource): void {
  if (resource.kind === 'service') say(draft, frameId, resource, 'Started', serviceName(resource));
  else recordOn(draft, frameId, `${family(resource)}Started`);
}

export const recordActivityStarted = (
  draft: Draft,
  frameId: string,
  resource: Resource,
  workerName: string | undefined,
): void => say(draft, frameId, resource, 'Started', workerName === undefined ? {} : { workerName });

export const recordSubmitted = (draft: Draft, frameId: string, resource: Resource, output: Json): void =>
  say(draft, frameId, resource, 'Submitted', { ...serviceName(resource), ...dataDetails('output', output) });

export const recordSucceeded = (draft: Draft, frameId: string, resource: Resource, output: Json): void =>
  say(draft, frameId, resource, 'Succeeded', { ...serviceName(resource), ...dataDetails('output', output) });

export function recordFailed(
  draft: Draft,
  frameId: string,
  resource: Resource,
  how: 'Failed' | 'TimedOut',
  { error, cause }: { readonly error: string | undefined; readonly cause: string | undefined },
): void {
  const failure = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
  say(draft, frameId, resource, how, { ...serviceName(resource), ...failure });
}

function say(draft: Draft, frameId: string, resource: Resource, what: string, value: Details): void {
  const type = `${family(resource)}${what}`;
  recordOn(draft, frameId, type, { key: `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`, value });
}

const FAMILIES = { function: 'LambdaFunction', activity: 'Activity', service: 'Task' } as const;

const family = (resource: Resource): string => FAMILIES[resource.kind];

function serviceName(resource: Resource): { readonly resourceType?: string; readonly resource?: string } {
  if (resource.kind !== 'service') return {};
  const { service, action, pattern } = resource;
  return { resourceType: service, resource: pattern === 'request' ? action : `${action}.${pattern}` };
}

/** `arn:aws:states:<region>:…` */
const regionOf = (draft: Draft): string => startFrame(draft).arn.split(':')[3] ?? '';
