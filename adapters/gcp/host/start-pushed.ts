import { createHash } from 'node:crypto';
import type { StoredMachine } from '../../../engine/runner/ports.ts';
import type { Runner } from '../../../engine/runner/runner.ts';
import { type Configuration, serviceOfImage, serviceSettings } from '../../configuration.ts';
import type { RegistryPush } from './read-push.ts';

export interface PushedOptions {
  readonly configuration: Configuration;
  readonly runner: Pick<Runner, 'start'>;
  /** The newest revision of the machine that deploys; undefined when it is not there. */
  readonly deployMachine: () => Promise<StoredMachine | undefined>;
  readonly log: (message: string, details: object) => void;
}

/**
 * Starts the rollout of a pushed image: the execution is named by service, digest and message, so a message that is delivered
 * twice starts it once, and a release that was replaced can come back. A push there is nothing to do for is told and passed over.
 */
export function startPushed({ configuration, runner, deployMachine, log }: PushedOptions) {
  return async (push: RegistryPush): Promise<void> => {
    const { id, repository, tag, digest } = push;
    const service = serviceOf(configuration, repository);
    const settings = service === undefined ? undefined : serviceSettings(configuration, service);
    if (service === undefined || settings === undefined)
      return log('a pushed image is of no service here', { repository });
    const machine = await deployMachine();
    if (machine === undefined) return log('there is no state machine `deploy` to release it with', { repository });
    const { target, canary, recoveryPoint } = settings;
    const input = {
      service,
      repository,
      reference: tag,
      digest,
      retry: false,
      instances: target.instances,
      readySeconds: target.readinessTimeoutSeconds,
      canary,
      ...(recoveryPoint !== undefined && { recoveryPoint: { group: recoveryPoint } }),
    };
    const message = createHash('sha256').update(id).digest('hex').slice(0, 8);
    const name = [service, digest.slice('sha256:'.length).slice(0, 12), message].join('-');
    const { kind, execution } = await runner.start({ machine, name, input: JSON.stringify(input) });
    log(kind === 'started' ? 'a rollout was started' : 'its rollout was started already', {
      service,
      execution: execution.arn,
    });
  };
}

/** By the whole name of the repository; without configured services, by its last part. */
const serviceOf = (configuration: Configuration, repository: string): string | undefined =>
  serviceOfImage(configuration, repository) ??
  (configuration.services === undefined
    ? serviceOfImage(configuration, repository.split('/').at(-1) ?? '')
    : undefined);
