import * as z from 'zod/mini';
import type { ImageRegistry } from '../../../../functions/ports/image-registry.ts';
import { reader, serviceName, text } from '../../../../functions/ports/input.ts';
import type { ReleaseLedger } from '../../../../functions/ports/release-ledger.ts';
import { StepFailure } from '../../../../functions/step-failure.ts';
import type { StepFunction } from '../../../../functions/step-function.ts';
import { rolloutName } from '../../../rollout-name.ts';
import type { HostConfiguration } from '../packaging/host-configuration.ts';
import type { StartedExecution, Starter } from '../ports/starter.ts';

/** An event of ECR, or what a person asks for. (Amazon ECR user guide, "Amazon ECR events and EventBridge") */
const input = z.union([
  z.object({
    'detail-type': z.literal('ECR Image Action'),
    detail: z.object({ 'repository-name': text, 'image-tag': text }),
  }),
  z.object({ service: serviceName, reference: text, retry: z._default(z.boolean(), false) }),
]);

export type StartRolloutInput = z.output<typeof input>;

interface StartRolloutPorts {
  readonly configuration: Pick<HostConfiguration, 'services'>;
  readonly images: ImageRegistry;
  readonly ledger: ReleaseLedger;
  readonly starter: Starter;
}

/**
 * Starts the rollout of what a tag points to now, of every service that the repository releases; an event is a hint, the registry
 * is the truth. The same release asked for again is the rollout there is, until another was promoted; `retry` starts another.
 * @throws StepFailure `Pointsman.ImageNotFound`, `Pointsman.NoSuchService`
 */
export const startRollout: StepFunction<StartRolloutInput, readonly StartedExecution[], StartRolloutPorts> = {
  name: 'start-rollout',
  read: reader('start-rollout', input),
  async run(asked, { configuration: { services }, images, ledger, starter }) {
    const isEvent = 'detail' in asked;
    const reference = isEvent ? asked.detail['image-tag'] : asked.reference;
    const retry = isEvent ? false : asked.retry;
    const names = isEvent ? releasedBy(services, asked.detail['repository-name']) : [asked.service];
    const started: StartedExecution[] = [];
    for (const service of names) {
      const settings = Object.hasOwn(services, service) ? services[service] : undefined;
      if (settings === undefined)
        throw new StepFailure(
          'Pointsman.NoSuchService',
          `there is no service ${service}; there are ${Object.keys(services).join(', ') || 'none'}`,
        );
      const { image: repository, instances, readySeconds, canary, recoveryPoint } = settings;
      const digest = await images.resolve(repository, reference);
      if (digest === undefined)
        throw new StepFailure('Pointsman.ImageNotFound', `the registry has no image ${repository}:${reference}`);
      const name = await rolloutName(ledger, service, digest, retry);
      const rollout = { service, repository, reference, digest, retry, instances, readySeconds, canary: { ...canary } };
      const point = recoveryPoint === undefined ? {} : { recoveryPoint: { group: recoveryPoint } };
      started.push(await starter.start('deploy', name, { ...rollout, ...point }));
    }
    return started;
  },
};

const releasedBy = (services: HostConfiguration['services'], repository: string): readonly string[] =>
  Object.keys(services).filter((name) => services[name]?.image === repository);
