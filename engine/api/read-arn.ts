import { ApiError } from './api-error.ts';

/**
 * A state machine's ARN, as it was given. Whether it exists is not looked at.
 * @throws ApiError `InvalidArn`
 */
export const readMachineArn = (arn: string): string => readStatesArn(arn, 'stateMachine', 1);

/** An execution's ARN; of Express ones those of a Map Run, which can be asked about. @throws ApiError `InvalidArn` */
export const readExecutionArn = (arn: string): string =>
  /^arn:[^:]*:states:[^:]*:[^:]*:express:[^:]+\/[^:]+:/.test(arn)
    ? readStatesArn(arn, 'express', 3)
    : readStatesArn(arn, 'execution', 2);

/** A Map Run's ARN. @throws ApiError `InvalidArn` */
export const readMapRunArn = (arn: string): string => readStatesArn(arn, 'mapRun', 2);

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
  // A version or an alias after a machine's name names what this host does not have: it is looked up and not found.
  if (rest.length < names || rest.includes('')) throw invalidArn(`Resource name is missing: ${arn}`);
  return arn;
}

const invalidArn = (problem: string) => new ApiError('InvalidArn', `Invalid Arn: '${problem}'`);
