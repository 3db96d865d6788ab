import type { Clock } from './clock.ts';
import type { ImageRegistry } from './image-registry.ts';
import type { Leases } from './leases.ts';
import type { Notifier } from './notifier.ts';
import type { ReleaseLedger } from './release-ledger.ts';
import type { ReleaseTarget } from './release-target.ts';
import type { RunOrders } from './run-orders.ts';
import type { TrafficRouter } from './traffic-router.ts';

/** All that step functions may need of the world. Each names the few it uses. */
export interface Ports {
  readonly clock: Clock;
  readonly images: ImageRegistry;
  readonly leases: Leases;
  readonly ledger: ReleaseLedger;
  readonly notifier: Notifier;
  readonly orders: RunOrders;
  readonly router: TrafficRouter;
  readonly target: ReleaseTarget;
}
