import type { ProcessReleaseTarget } from '../process-target/process-release-target.ts';
import { stopRouter } from '../router/ensure-router.ts';
import { forgetRoutes } from '../router/forget-routes.ts';

/** What of a data folder's processes was ended. */
export interface EndedServices {
  /** Those of which instances ran. */
  readonly services: readonly { readonly service: string; readonly instances: number }[];
  /** Whether a router ran, and was ended too. */
  readonly router: boolean;
}

/**
 * Ends what outlives a host on purpose: every instance of a service and its route, or of all services with the router
 * when none is named. What was released stays in the registry. Safe to repeat.
 */
export async function endServices(
  dataFolder: string,
  target: Pick<ProcessReleaseTarget, 'services' | 'endNow'>,
  service?: string,
): Promise<EndedServices> {
  const router = service === undefined && (await stopRouter(dataFolder)); // first: nobody is sent to what ends next
  await forgetRoutes(dataFolder, service);
  const services: EndedServices['services'][number][] = [];
  for (const name of service === undefined ? await target.services() : [service]) {
    const instances = await target.endNow(name);
    if (instances > 0) services.push({ service: name, instances });
  }
  return { services, router };
}
