import { type Configuration, ConfigurationError } from '../../../configuration.ts';

/** @throws ConfigurationError naming the first schedule of a workflow that is not there, and those there are */
export function refuseUnknownWorkflows(
  { schedules }: Pick<Configuration, 'schedules'>,
  known: readonly string[],
): void {
  for (const [name, { workflow }] of Object.entries(schedules))
    if (!known.includes(workflow))
      throw new ConfigurationError(
        `schedules.${name}.workflow: there is no workflow ${workflow}; there are ${known.join(', ')}`,
      );
}
