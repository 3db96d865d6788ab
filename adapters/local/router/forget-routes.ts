import { resolve } from 'node:path';
import { callRouter } from './call-router.ts';
import { isRouterAlive } from './ensure-router.ts';
import { routerControl, routerFolder } from './router-control.ts';
import { routerFiles } from './router-files.ts';

/**
 * Takes a service out of the router's routes and counters, or all of them when none is named. A router that runs is
 * asked; without one its files are changed, so nobody may start one meanwhile. Safe to repeat.
 * @throws StepFailure `Pointsman.RouterUnreachable`
 */
export async function forgetRoutes(dataFolder: string, service?: string): Promise<void> {
  const root = resolve(dataFolder);
  const files = routerFiles(routerFolder(root));
  const routes = new Map(await files.routes());
  const names = service === undefined ? [...routes.keys()] : [service];
  if (await isRouterAlive(root)) {
    const forget = (name: string) => ({
      method: 'DELETE' as const,
      path: `/services/${encodeURIComponent(name)}/route`,
    });
    for (const name of names) await callRouter(routerControl(root), forget(name));
    return;
  }
  const counters = new Map(await files.counters());
  if (!names.some((name) => routes.has(name))) return;
  for (const name of names) {
    routes.delete(name);
    counters.delete(name);
  }
  await files.saveRoutes(routes);
  await files.saveCounters(counters);
}
