import type { Digest } from '../../../functions/ports/release.ts';
import type { Leases } from '../../../functions/ports/leases.ts';
import type { ReleaseLedger } from '../../../functions/ports/release-ledger.ts';
import type { RunOrders } from '../../../functions/ports/run-orders.ts';
import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import type { Runner } from '../../../engine/runner/runner.ts';
import { type Configuration, serviceOfImage, serviceSettings } from '../../configuration.ts';
import { createDeployments } from '../../local/host/deployments.ts';
import { Refusal } from '../../local/host/refusal.ts';
import { readPushNotification } from '../../oci/push-notification.ts';
import type { Pushes } from './app-work.ts';

interface PushesOptions {
  readonly configuration: Configuration;
  readonly runner: Pick<Runner, 'start'>;
  readonly store: Pick<ExecutionStore, 'machine' | 'summary'>;
  readonly leases: Leases;
  readonly ledger: ReleaseLedger;
  readonly orders: RunOrders;
  readonly deployArn: string;
  readonly now: () => number;
}

interface Pushed {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
}

/**
 * Starts the rollout of what was pushed. The sender is known (a function key, or Event Grid's own), so the digest it names
 * is taken; the same push twice finds the same execution.
 */
export function pushes(options: PushesOptions): Pushes {
  const { configuration, store, deployArn } = options;

  async function start({ repository, tag, digest }: Pushed): Promise<string | undefined> {
    const service = serviceOfImage(configuration, repository);
    if (service === undefined) return undefined;
    const machine = await store.machine(deployArn);
    if (machine === undefined)
      throw new Refusal(409, 'NoDeployMachine', `there is no state machine ${deployArn}`, 'create one of this name');
    const images = { resolve: async () => digest, tags: async () => [{ tag }] };
    const settings = (name: string) => serviceSettings(configuration, name);
    const { executionArn } = await createDeployments({ ...options, machine, images, settings }).start(service, {
      reference: tag,
    });
    return executionArn;
  }

  return {
    async webhook(request) {
      const notification = readPushNotification(await request.json().catch(() => undefined));
      if (notification.kind === 'malformed')
        return Response.json(
          { error: { code: 'MalformedNotification', message: notification.problem } },
          { status: 400 },
        );
      try {
        const started: string[] = [];
        for (const push of notification.pushes) {
          const execution = await start(push);
          if (execution !== undefined) started.push(execution);
        }
        return Response.json({ started }, { status: 202 });
      } catch (thrown) {
        if (!(thrown instanceof Refusal)) throw thrown;
        return Response.json({ error: { code: thrown.code, message: thrown.message } }, { status: thrown.status });
      }
    },
    /** Rejects what it cannot start: Event Grid sends it again, and keeps it in the end where the subscription says. */
    async imagePushed({ eventType, data }) {
      const push = eventType === 'Microsoft.ContainerRegistry.ImagePushed' ? readPushed(data) : undefined;
      if (push !== undefined) await start(push);
    },
  };
}

/** The `data` of an ImagePushed event; undefined for what has no tag or is no image. ("Container Registry as Event Grid source") */
function readPushed(data: unknown): Pushed | undefined {
  const target = typeof data === 'object' && data !== null && 'target' in data ? data.target : undefined;
  if (typeof target !== 'object' || target === null) return undefined;
  if (!('repository' in target && 'tag' in target && 'digest' in target)) return undefined;
  const { repository, tag, digest } = target;
  if (typeof repository !== 'string' || typeof tag !== 'string' || typeof digest !== 'string') return undefined;
  return /^sha256:[0-9a-f]{64}$/.test(digest) ? { repository, tag, digest } : undefined;
}
