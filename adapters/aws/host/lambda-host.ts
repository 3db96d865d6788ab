import type { Clock } from '../../../functions/ports/clock.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { type AwsJson, awsJson } from '../aws-json.ts';
import { dynamoTable, type Table } from '../dynamodb/index.ts';

export interface LambdaHostOptions {
  /** Default: the process's own. */
  readonly environment?: NodeJS.ProcessEnv;
  readonly clock?: Clock;
  /** Takes a line of the log; default standard output. */
  readonly log?: (line: string) => void;
}

/** What ports are opened with on Lambda: what the stack tells a function in its environment, and the services behind it. */
export interface LambdaHost {
  readonly environment: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: (line: string) => void;
  /** A variable that the stack sets. @throws StepFailure `Pointsman.NotConfigured` naming it */
  variable(name: string): string;
  aws(service: Parameters<typeof awsJson>[0]): AwsJson;
  /** The table of the stack: leases, releases, orders, recoveries, backups, endpoints. */
  table(): Table;
  /** The first call makes it, the others get it, until it fails. */
  once<T>(name: string, make: () => T | Promise<T>): Promise<T>;
  /** Keeps a text out of the log. */
  hide(secret: string): void;
  secrets(): Iterable<string>;
}

/** Credentials that Lambda puts into the environment. */
const CREDENTIALS = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

export function createLambdaHost({
  environment = process.env,
  clock = { now: () => Date.now() },
  log = (line) => void process.stdout.write(`${line}\n`),
}: LambdaHostOptions): LambdaHost {
  const made = new Map<string, Promise<unknown>>();
  const hidden = new Set<string>();
  const variable = (name: string): string => {
    const value = environment[name];
    if (value) return value;
    throw new StepFailure('Pointsman.NotConfigured', `the variable ${name} is not set: serverless.yml sets it`);
  };

  return {
    environment,
    clock,
    log,
    variable,
    aws: (service) => awsJson(service, environment),
    table: () => dynamoTable(awsJson('dynamodb', environment), variable('POINTSMAN_TABLE')),
    once<T>(name: string, make: () => T | Promise<T>) {
      const before = made.get(name);
      if (before !== undefined) return before as Promise<T>;
      const making = Promise.resolve()
        .then(make)
        .catch((thrown: unknown) => {
          made.delete(name);
          throw thrown;
        });
      made.set(name, making);
      return making;
    },
    hide: (secret) => void hidden.add(secret),
    *secrets() {
      yield* hidden;
      for (const name of CREDENTIALS) if (environment[name]) yield environment[name];
    },
  };
}
