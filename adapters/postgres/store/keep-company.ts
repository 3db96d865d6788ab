import { keeperState } from '../keeper/call-keeper.ts';
import type { GroupPlace } from './group-place.ts';
import { expiryOf } from './lease-expiry.ts';

/** Lets every site's keeper hear a controller, except those that shall find out that they are alone. */
export async function keepCompany(place: GroupPlace): Promise<void> {
  await Promise.all(
    place.sites.map(async (site) => {
      if ((await expiryOf(place, site)) === undefined) await keeperState(site.keeper, 1000).catch(() => undefined);
    }),
  );
}

/** What `run` gives. While it takes its time, sites that it does not speak to are not left alone. */
export async function inCompany<T>(place: GroupPlace, run: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void keepCompany(place).catch(() => undefined), 1000);
  try {
    return await run();
  } finally {
    clearInterval(timer);
  }
}
