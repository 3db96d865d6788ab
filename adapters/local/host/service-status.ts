import * as z from 'zod/mini';
import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import type { Lease, Leases } from '../../../functions/ports/leases.ts';
import type { ReleaseLedger, ReleaseRecord } from '../../../functions/ports/release-ledger.ts';
import type { ReleaseTarget, TargetState } from '../../../functions/ports/release-target.ts';
import type { ReleaseCounters, Route, TrafficRouter } from '../../../functions/ports/traffic-router.ts';
import { Refusal } from './refusal.ts';
import { waitingFor } from './waiting-for.ts';

/** All that is to be seen of a service now. */
export interface ServiceStatus extends Pick<TargetState, 'instances'> {
  readonly service: string;
  /** Where its traffic enters; null before its first release. */
  readonly url: string | null;
  readonly route: Route;
  readonly counters: readonly ReleaseCounters[];
  readonly stable: string | null;
  readonly candidate: string | null;
  readonly lease: Lease | null;
  readonly rollout: Rollout | null;
  /** Newest first. */
  readonly releases: readonly ReleaseRecord[];
}

export interface Rollout {
  readonly executionArn: string;
  /** `repository:reference` as it was asked for; null when the execution was started with something else. */
  readonly image: string | null;
  /** What that meant then; null when nobody said. */
  readonly release: string | null;
  readonly startedAt: number;
  readonly waitingFor: string;
  readonly since: number;
}

export interface ServiceStatuses {
  all(): Promise<readonly ServiceStatus[]>;
  /** @throws Refusal 404 */
  of(service: string): Promise<ServiceStatus>;
}

interface ServiceStatusOptions {
  readonly store: ExecutionStore;
  readonly router: TrafficRouter;
  readonly target: ReleaseTarget;
  readonly leases: Leases;
  readonly ledger: ReleaseLedger;
  readonly canaryMachineArn: string;
  /** Names of the services there are now. */
  readonly services: () => Promise<readonly string[]>;
  readonly urlOf: (service: string) => Promise<string | undefined>;
}

const RELEASES_SHOWN = 20;

export function serviceStatuses(options: ServiceStatusOptions): ServiceStatuses {
  const { store, router, target, leases, ledger, canaryMachineArn, services, urlOf } = options;

  async function status(service: string): Promise<ServiceStatus> {
    const [url, route, counters, state, lease, releases] = await Promise.all([
      urlOf(service),
      router.observe(service),
      router.counters(service),
      target.observe(service),
      leases.read(service),
      ledger.list(service, RELEASES_SHOWN),
    ]);
    return {
      service,
      url: url ?? null,
      route,
      counters,
      stable: state.stable ?? null,
      candidate: state.candidate ?? null,
      instances: state.instances,
      lease: lease ?? null,
      rollout: lease === undefined ? null : await rolloutOf(lease.owner),
      releases,
    };
  }

  /** The rollout whose execution holds the lease; what it waits for is told by its canary when one runs. */
  async function rolloutOf(executionArn: string): Promise<Rollout | null> {
    const deploy = await store.load(executionArn);
    if (deploy === undefined || deploy.summary.status !== 'RUNNING') return null;
    const waiting = (await canaryOf(executionArn)) ?? waitingFor(deploy.frames);
    const { startedAt, input } = deploy.summary;
    return {
      executionArn,
      ...askedFor(input),
      startedAt,
      waitingFor: waiting?.waitingFor ?? 'its next step',
      since: waiting?.since ?? startedAt,
    };
  }

  async function canaryOf(deployArn: string) {
    const running = await store.list({ machineArn: canaryMachineArn, status: 'RUNNING', limit: 100 });
    for (const { arn } of running.items) {
      const canary = await store.load(arn);
      const start = canary?.frames['start'];
      if (start?.kind === 'start' && start.waiter?.arn === deployArn) return waitingFor(canary?.frames ?? {});
    }
    return undefined;
  }

  return {
    async all() {
      return Promise.all((await services()).map(status));
    },
    async of(service) {
      const known = await services();
      if (known.includes(service)) return status(service);
      const hint =
        known.length === 0
          ? 'push a release first: pointsman push FOLDER service:tag'
          : `services here: ${known.join(', ')}`;
      throw new Refusal(404, 'ServiceNotFound', `there is no service ${service}`, hint);
    },
  };
}

const deployInput = z.object({ repository: z.string(), reference: z.string(), digest: z.optional(z.string()) });

/** Anybody may start a deployment with any input. */
function askedFor(input: string): Pick<Rollout, 'image' | 'release'> {
  const { data } = deployInput.safeParse(JSON.parse(input));
  return { image: data ? `${data.repository}:${data.reference}` : null, release: data?.digest ?? null };
}
