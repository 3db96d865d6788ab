import type { HistoryEvent } from '../client/steps.ts';

/** Details of an event, whatever their key; empty for events that have none. */
export function detailsOf(event: HistoryEvent): Readonly<Record<string, unknown>> {
  for (const [key, value] of Object.entries(event))
    if (key.endsWith('EventDetails') && typeof value === 'object' && value !== null)
      return value as Record<string, unknown>;
  return {};
}

/** A detail that is text; empty when it is missing. */
export const textDetail = (event: HistoryEvent, name: string): string => {
  const value = detailsOf(event)[name];
  return typeof value === 'string' ? value : '';
};

/** A detail that is a number; undefined when it is missing. */
export const numberDetail = (event: HistoryEvent, name: string): number | undefined => {
  const value = detailsOf(event)[name];
  return typeof value === 'number' ? value : undefined;
};

/** A detail that is JSON text, parsed; undefined when it is missing or was cut off. */
export function jsonDetail(event: HistoryEvent, name: string): unknown {
  try {
    return JSON.parse(textDetail(event, name));
  } catch {
    return undefined;
  }
}

/** A cause for people: functions put theirs into JSON, with a trace that nobody wants to read here. */
export function causeText(cause: string): string {
  try {
    const parsed: unknown = JSON.parse(cause);
    const message =
      typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed ? parsed.errorMessage : undefined;
    return typeof message === 'string' ? message : cause;
  } catch {
    return cause;
  }
}

/** The last part of an ARN: the function's, machine's or execution's name; text that is no ARN stays as it is. */
export const nameInArn = (arn: string): string => arn.split(':').at(-1) ?? arn;

/** The machine's name in an execution's ARN. */
export const machineInArn = (executionArn: string): string => executionArn.split(':').at(-2) ?? executionArn;

/** What a scheduled task calls: `shift-traffic`, `sqs:sendMessage`, an activity's name. */
export function calledBy(event: HistoryEvent): string {
  const [resource, resourceType] = [textDetail(event, 'resource'), textDetail(event, 'resourceType')];
  if (resourceType === '') return nameInArn(resource);
  const target = /"FunctionName"\s*:\s*"([^"]+)"/.exec(textDetail(event, 'parameters'))?.[1];
  const action = resource.split('.')[0] ?? resource;
  return resourceType === 'lambda' && target !== undefined ? nameInArn(target) : `${resourceType}:${action}`;
}
