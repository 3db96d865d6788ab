import type { Runner } from '../../../engine/runner/runner.ts';
import type { ExecutionStore, StoredMachine } from '../../../engine/runner/ports.ts';
import type { Leases } from '../../../functions/ports/leases.ts';
import type { ReleaseLedger } from '../../../functions/ports/release-ledger.ts';
import type { Digest } from '../../../functions/ports/release.ts';
import type { RunOrder, RunOrders } from '../../../functions/ports/run-orders.ts';
import type { ServiceSettings } from '../../configuration.ts';
import { rolloutName } from '../../rollout-name.ts';
import { Refusal } from './refusal.ts';

export interface Deployments {
  /**
   * Starts the rollout of what `reference` (a tag or a digest; default the newest tag) points to now. The same release asked
   * for again gives the rollout there is, running or ended, until another release was promoted; `retry` starts another.
   * @throws Refusal 404 for an unknown service or image
   */
  start(
    service: string,
    asked: { readonly reference?: string | undefined; readonly retry?: boolean },
  ): Promise<StartedDeployment>;
  /** Gives the running rollout an order. @throws Refusal 409 when none runs, 404 for an unknown service */
  order(service: string, order: Pick<RunOrder, 'order' | 'by' | 'reason'>): Promise<RunOrder>;
}

interface StartedDeployment {
  readonly executionArn: string;
  /** False when the rollout was there already. */
  readonly started: boolean;
}

interface DeploymentsOptions {
  readonly runner: Pick<Runner, 'start'>;
  readonly store: Pick<ExecutionStore, 'summary'>;
  readonly machine: StoredMachine;
  readonly images: {
    resolve(repository: string, reference: string): Promise<Digest | undefined>;
    tags(repository: string): Promise<readonly { readonly tag: string }[]>;
  };
  readonly leases: Leases;
  readonly ledger: ReleaseLedger;
  readonly orders: RunOrders;
  readonly settings: (service: string) => ServiceSettings | undefined;
  readonly now: () => number;
}

export function createDeployments(options: DeploymentsOptions): Deployments {
  const { runner, store, machine, images, leases, ledger, orders, settings, now } = options;

  const settingsOf = (service: string): ServiceSettings => {
    const known = settings(service);
    if (known !== undefined) return known;
    throw new Refusal(404, 'ServiceNotFound', `there is no service ${service}`, 'add it to pointsman.yaml');
  };

  return {
    async start(service, { reference: asked, retry = false }) {
      const { image: repository, target, canary, recoveryPoint } = settingsOf(service);
      const reference = asked ?? (await images.tags(repository)).at(-1)?.tag;
      const digest = reference === undefined ? undefined : await images.resolve(repository, reference);
      if (reference === undefined || digest === undefined)
        throw new Refusal(
          404,
          'ImageNotFound',
          `the registry has no image ${repository}:${reference ?? '(any tag)'}`,
          `pointsman push FOLDER ${repository}:TAG`,
        );
      const input = {
        service,
        repository,
        reference,
        digest,
        retry,
        instances: target.instances,
        readySeconds: target.readinessTimeoutSeconds,
        canary,
        ...(recoveryPoint !== undefined && { recoveryPoint: { group: recoveryPoint } }),
      };
      const name = await rolloutName(ledger, service, digest, retry);
      const { kind, execution } = await runner.start({ machine, name, input: JSON.stringify(input) });
      return { executionArn: execution.arn, started: kind === 'started' };
    },

    async order(service, { order, by, reason }) {
      settingsOf(service);
      const lease = await leases.read(service);
      const rollout = lease === undefined ? undefined : await store.summary(lease.owner);
      if (rollout?.status !== 'RUNNING')
        throw new Refusal(
          409,
          'NoRollout',
          `no rollout of ${service} is running`,
          `pointsman deploy status ${service}`,
        );
      return orders.give({ execution: rollout.arn, order, by, reason, at: now() });
    },
  };
}
