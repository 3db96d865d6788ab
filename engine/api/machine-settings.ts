import * as z from 'zod/mini';
import type { LoggingConfiguration, LogSink, StoredMachine } from '../runner/ports.ts';
import { ApiError, invalidRequest } from './api-error.ts';
import { fields, text } from './read-fields.ts';

const logGroup = z.object({ logGroupArn: z.optional(fields.arn) });
const logging = z.object({
  level: z.optional(z.enum(['ALL', 'ERROR', 'FATAL', 'OFF'])),
  includeExecutionData: z.optional(z.boolean()),
  destinations: z.optional(z.array(z.object({ cloudWatchLogsLogGroup: z.optional(logGroup) }))),
});

export const encryptionField = z.optional(
  z.object({
    type: z.enum(['AWS_OWNED_KEY', 'CUSTOMER_MANAGED_KMS_KEY']),
    kmsKeyId: z.optional(text(1, 2048)),
    kmsDataKeyReusePeriodSeconds: z.optional(z.int().check(z.gte(60), z.lte(900))),
  }),
);

/** Members of CreateStateMachine and UpdateStateMachine beside the definition and the role. */
export const settingsFields = {
  publish: z.optional(z.boolean()),
  versionDescription: z.optional(fields.description),
  loggingConfiguration: z.optional(logging),
  tracingConfiguration: z.optional(z.object({ enabled: z.optional(z.boolean()) })),
  encryptionConfiguration: encryptionField,
};

const shape = z.object(settingsFields);

export type MachineSettings = Required<Pick<StoredMachine, 'logging' | 'tracing'>>;

/**
 * Logging and tracing as asked for; what is left out stays as it was, or off.
 * @throws ApiError `InvalidLoggingConfiguration`, `InvalidEncryptionConfiguration`, `ValidationException`
 */
export function readSettings(asked: z.output<typeof shape>, before?: StoredMachine): MachineSettings {
  const { publish, versionDescription, loggingConfiguration, tracingConfiguration, encryptionConfiguration } = asked;
  if (versionDescription !== undefined && publish !== true)
    throw invalidRequest('Version description can only be set when publish is true');
  mustOwnKey(encryptionConfiguration);
  const kept = settingsOf(before ?? {});
  return {
    logging: loggingConfiguration === undefined ? kept.logging : readLogging(loggingConfiguration),
    tracing: tracingConfiguration === undefined ? kept.tracing : { enabled: tracingConfiguration.enabled ?? false },
  };
}

/** @throws ApiError `InvalidLoggingConfiguration` when the log group is not there */
export async function mustHaveLogGroup(
  logs: Pick<LogSink, 'has'> | undefined,
  { destinations = [] }: Partial<LoggingConfiguration> = {},
): Promise<void> {
  for (const { cloudWatchLogsLogGroup } of destinations)
    if ((await logs?.has(cloudWatchLogsLogGroup.logGroupArn)) !== true)
      throw invalidLogging('Log Destination not found.');
}

/** @throws ApiError `InvalidEncryptionConfiguration` for a key of the caller's own */
export function mustOwnKey(asked: z.output<typeof encryptionField>): void {
  if (asked?.type === 'CUSTOMER_MANAGED_KMS_KEY')
    throw new ApiError(
      'InvalidEncryptionConfiguration',
      'Invalid Encryption Configuration: There are no customer managed keys here: type must be AWS_OWNED_KEY',
    );
}

/** The settings of a stored machine, with AWS's defaults. */
export const settingsOf = ({ logging, tracing }: Pick<StoredMachine, 'logging' | 'tracing'>): MachineSettings => ({
  logging: logging ?? { level: 'OFF', includeExecutionData: false },
  tracing: tracing ?? { enabled: false },
});

function readLogging({
  level = 'OFF',
  includeExecutionData = false,
  destinations,
}: z.output<typeof logging>): LoggingConfiguration {
  const count = destinations?.length ?? 0;
  if (count > 1 || (count === 0 && level !== 'OFF')) throw invalidLogging('Must specify exactly one Log Destination.');
  const arns = (destinations ?? []).map(({ cloudWatchLogsLogGroup }) => cloudWatchLogsLogGroup?.logGroupArn ?? '');
  if (!arns.every((arn) => LOG_GROUP.test(arn))) throw invalidLogging('Log Destination not found.');
  return {
    level,
    includeExecutionData,
    ...(destinations === undefined
      ? {}
      : { destinations: arns.map((logGroupArn) => ({ cloudWatchLogsLogGroup: { logGroupArn } })) }),
  };
}

const LOG_GROUP = /^arn:aws[a-z-]*:logs:[a-z0-9-]+:\d{12}:log-group:[\w./#-]+:\*$/;

const invalidLogging = (problem: string) =>
  new ApiError('InvalidLoggingConfiguration', `Invalid Logging Configuration: ${problem}`);
