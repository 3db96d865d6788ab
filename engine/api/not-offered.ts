import * as z from 'zod/mini';
import { ApiError } from './api-error.ts';

/** Members of CreateStateMachine and UpdateStateMachine that ask for what only AWS has. */
export const notOfferedFields = {
  publish: z.optional(z.boolean()),
  versionDescription: z.optional(z.string()),
  tags: z.optional(z.array(z.unknown())),
  loggingConfiguration: z.optional(
    z.object({ level: z.optional(z.string()), destinations: z.optional(z.array(z.unknown())) }),
  ),
  tracingConfiguration: z.optional(z.object({ enabled: z.optional(z.boolean()) })),
  encryptionConfiguration: z.optional(z.object({ type: z.string() })),
};

const shape = z.object(notOfferedFields);

/**
 * Passes what asks for nothing, as `level: "OFF"` does. What would have no effect here is refused, never ignored.
 * @throws ApiError with AWS's name for a configuration it cannot use
 */
export function mustBeOffered(asked: z.output<typeof shape>): void {
  const { publish, versionDescription, tags, loggingConfiguration, tracingConfiguration, encryptionConfiguration } =
    asked;
  if (versionDescription !== undefined && publish !== true)
    throw new ApiError('ValidationException', 'Version description can only be set when publish is true');
  if (publish === true) throw new ApiError('ValidationException', 'Versions are not offered here: leave publish out');
  if (tags !== undefined && tags.length > 0)
    throw new ApiError('ValidationException', 'Tags are not offered here: leave tags out');
  if ((loggingConfiguration?.destinations?.length ?? 0) > 1)
    throw new ApiError(
      'InvalidLoggingConfiguration',
      'Invalid Logging Configuration: Must specify exactly one Log Destination.',
    );
  if ((loggingConfiguration?.level ?? 'OFF') !== 'OFF')
    throw new ApiError(
      'InvalidLoggingConfiguration',
      'Invalid Logging Configuration: There are no CloudWatch logs here, the history of every execution is kept: level must be OFF',
    );
  if (tracingConfiguration?.enabled === true)
    throw new ApiError(
      'InvalidTracingConfiguration',
      'Invalid Tracing Configuration: There is no X-Ray here: enabled must be false',
    );
  if ((encryptionConfiguration?.type ?? 'AWS_OWNED_KEY') !== 'AWS_OWNED_KEY')
    throw new ApiError(
      'InvalidEncryptionConfiguration',
      'Invalid Encryption Configuration: There are no customer managed keys here: type must be AWS_OWNED_KEY',
    );
}
