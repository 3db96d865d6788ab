import type { Place } from './deployment.ts';

/** A logical id of CloudFormation: `AcquireLease` of `acquire-lease`. */
export const logicalId = (name: string): string =>
  name.replaceAll(/(^|[^a-zA-Z0-9])([a-zA-Z0-9])/g, (_, __, letter: string) => letter.toUpperCase());

/** Something of the account and region that the stack stands in, for CloudFormation to complete. */
export const arnOf = (service: string, rest: string) => ({
  'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`,
});

export const functionArn = ({ prefix }: Place, name: string) => arnOf('lambda', `function:${prefix}-${name}`);

export const machineArn = ({ prefix }: Place, name: string) => arnOf('states', `stateMachine:${prefix}-${name}`);

/** A role that a service of AWS assumes, with these statements. */
export const roleOf = (service: string, statements: readonly object[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'own', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
  },
});
