import type { Logger } from 'pino';
import type { World } from '../../world.ts';

export interface Keeper {
  stop(): Promise<void>;
}

const FAILED = 'instances could not be looked after';

/** How often instances are looked at. */
const INTERVAL_MS = 5000;

/** Starts stable instances again that died. They keep their ports, so the router finds them where they were. */
export function keepServicesRunning({ target }: World, log: Logger): Keeper {
  let round: Promise<void> = Promise.resolve();
  const lookAfter = async () => {
    for (const service of await target.services())
      await target.keepRunning(service).catch((thrown: unknown) => log.error({ err: thrown, service }, FAILED));
  };
  const look = () => {
    round = round.then(lookAfter).catch((thrown: unknown) => log.error({ err: thrown }, FAILED));
  };
  look();
  const timer = setInterval(look, INTERVAL_MS).unref();
  return {
    stop() {
      clearInterval(timer);
      return round;
    },
  };
}
