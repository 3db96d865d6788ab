import type { Logger } from 'pino';
import type { World } from '../../world.ts';
import { removeOld, type RemoveOldOptions } from './remove-old.ts';

/** What a host looks after between rollouts. */
interface Housekeeping {
  /** Does one round now; rounds never overlap. */
  round(): Promise<void>;
  /** Ends after the round in hand. */
  stop(): Promise<void>;
}

interface HousekeepingOptions extends Omit<RemoveOldOptions, 'world'> {
  readonly world: RemoveOldOptions['world'] &
    RouterWatch & { readonly target: Pick<World['target'], 'keepRunning' | 'prune'> };
  readonly log: Pick<Logger, 'warn' | 'error'>;
}

type RouterWatch = Pick<World, 'isRouterAlive' | 'reviveRouter' | 'isConfigured'>;

const ROUND_MS = 5000;
/** While no router lives, no traffic flows. */
const ROUTER_MS = 250;
/** Old releases are few and stay small; looking for them is not urgent. */
const ROUNDS_PER_PRUNE = 12;
/** An hour. */
const ROUNDS_PER_REMOVAL = 720;

/**
 * Several times a second: a router that died is started again and serves what it served. Every few seconds: stable
 * instances that died come back on their ports, so the router finds them where they were; now and then, unpacked
 * releases nobody uses are removed, and every hour what is too old to be kept.
 */
export function startHousekeeping(options: HousekeepingOptions): Housekeeping {
  const { world, log } = options;
  const { isRouterAlive, reviveRouter, target, isConfigured } = world;
  let rounds = 0;
  let routerInHand: Promise<void> = Promise.resolve();
  let servicesInHand: Promise<void> = Promise.resolve();
  let routerLived = false;

  async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      log.error({ err: thrown }, `${what} could not be looked after`);
    }
  }

  async function lookAfterRouter(): Promise<void> {
    routerLived = false; // one that cannot be started is tried again with the next round, not at once
    await attempt('the router', async () => {
      if (await reviveRouter()) log.warn('the router had died and was started again');
      routerLived = true;
    });
  }

  async function lookAfterServices(): Promise<void> {
    await attempt('the services', async () => {
      for (const service of (await target.services()).filter(isConfigured)) {
        await attempt(service, () => target.keepRunning(service));
        if (rounds % ROUNDS_PER_PRUNE === 0) await attempt(service, () => target.prune(service));
      }
    });
    if (rounds % ROUNDS_PER_REMOVAL === 1) await attempt('what is old', () => removeOld(options));
    rounds++;
  }

  const watchRouter = async () => {
    if (routerLived && !(await isRouterAlive())) await lookAfterRouter();
  };
  const forRouter = (work: () => Promise<void>) => (routerInHand = routerInHand.then(work));
  const round = async () => {
    servicesInHand = servicesInHand.then(lookAfterServices);
    await Promise.all([forRouter(lookAfterRouter), servicesInHand]);
  };
  const timers = [
    setInterval(() => void round(), ROUND_MS).unref(),
    setInterval(() => void forRouter(watchRouter), ROUTER_MS).unref(),
  ];
  return {
    round,
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all([routerInHand, servicesInHand]);
    },
  };
}
