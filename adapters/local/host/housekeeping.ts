import type { Logger } from 'pino';
import type { World } from '../../world.ts';

/** What a host looks after between rollouts. */
export interface Housekeeping {
  /** Does one round now; rounds never overlap. */
  round(): Promise<void>;
  /** Ends after the round in hand. */
  stop(): Promise<void>;
}

const ROUND_MS = 5000;
/** Old releases are few and stay small; looking for them is not urgent. */
const ROUNDS_PER_PRUNE = 12;

/**
 * Every few seconds: a router that died is started again and serves what it served; stable instances that died come
 * back on their ports, so the router finds them where they were; now and then, unpacked releases nobody uses are removed.
 */
export function startHousekeeping({ reviveRouter, target, isConfigured }: World, log: Logger): Housekeeping {
  let rounds = 0;
  let inHand: Promise<void> = Promise.resolve();

  async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      log.error({ err: thrown }, `${what} could not be looked after`);
    }
  }

  async function lookAfter(): Promise<void> {
    await attempt('the router', async () => {
      if (await reviveRouter()) log.warn('the router had died and was started again');
    });
    await attempt('the services', async () => {
      for (const service of (await target.services()).filter(isConfigured)) {
        await attempt(service, () => target.keepRunning(service));
        if (rounds % ROUNDS_PER_PRUNE === 0) await attempt(service, () => target.prune(service));
      }
    });
    rounds++;
  }

  const round = () => (inHand = inHand.then(lookAfter));
  const timer = setInterval(() => void round(), ROUND_MS).unref();
  return {
    round,
    stop() {
      clearInterval(timer);
      return inHand;
    },
  };
}
