import { ApiError, invalidRequest } from './api-error.ts';

/**
 * A state machine's ARN, as it was given. Whether it exists is not looked at.
 * @throws ApiError `InvalidArn`; `ValidationException` for that of a distributed Map inside a machine
 */
export function readMachineArn(arn: string): string {
  const [, , , , , , name] = readStatesArn(arn, 'stateMachine', 1).split(':');
  if (name?.includes('/') === true)
    throw invalidRequest(
      `A state machine's ARN has no label here. Received: ${arn}`,
      'API_DOES_NOT_SUPPORT_LABELED_ARNS',
    );
  return arn;
}

/** A machine's ARN and what stands behind it: a version's number or an alias's name. */
export interface QualifiedArn {
  readonly machineArn: string;
  readonly qualifier: string | undefined;
}

/** The ARN of a machine, a version or an alias in its parts. @throws ApiError `InvalidArn` */
export function readQualifiedArn(arn: string): QualifiedArn {
  const parts = readMachineArn(arn).split(':');
  return { machineArn: parts.slice(0, 7).join(':'), qualifier: parts[7] };
}

export const isVersion = (qualifier: string | undefined): qualifier is string =>
  qualifier !== undefined && /^\d+$/.test(qualifier);

/** An execution's ARN; of Express ones those of a Map Run, which can be asked about. @throws ApiError `InvalidArn` */
export const readExecutionArn = (arn: string): string =>
  /^arn:[^:]*:states:[^:]*:[^:]*:express:[^:]+\/[^:]+:/.test(arn)
    ? readStatesArn(arn, 'express', 3)
    : readStatesArn(arn, 'execution', 2);

/** A Map Run's ARN. @throws ApiError `InvalidArn` */
export const readMapRunArn = (arn: string): string => readStatesArn(arn, 'mapRun', 2);

/** An activity's ARN. @throws ApiError `InvalidArn` */
export const readActivityArn = (arn: string): string => readStatesArn(arn, 'activity', 1);

/** What an ARN that may have tags names. @throws ApiError `InvalidArn` */
export function readTaggableArn(arn: string): 'activity' | 'stateMachine' {
  if (arn.split(':')[5] === 'activity') {
    readActivityArn(arn);
    return 'activity';
  }
  readMachineArn(arn);
  return 'stateMachine';
}

/** @throws ApiError `InvalidArn` */
export function readRoleArn(arn: string): string {
  if (!arn.startsWith('arn:')) throw invalidArn(`Invalid ARN prefix: ${arn}`);
  return arn;
}

function readStatesArn(arn: string, type: string, names: number): string {
  const [prefix, , service, , , found, ...rest] = arn.split(':');
  if (prefix !== 'arn') throw invalidArn(`Invalid ARN prefix: ${arn}`);
  if (service !== 'states') throw invalidArn(`Service name not valid in this context: ${service ?? ''}`);
  if (found !== type) throw invalidArn(`Resource type not valid in this context: ${found ?? ''}`);
  if (rest.length < names || rest.includes('')) throw invalidArn(`Resource name is missing: ${arn}`);
  return arn;
}

const invalidArn = (problem: string) => new ApiError('InvalidArn', `Invalid Arn: '${problem}'`);
