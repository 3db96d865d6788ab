import { memoryReplicatedStore } from '../../adapters/memory/replicated-store.ts';
import { memoryWriteEndpoint } from '../../adapters/memory/write-endpoint.ts';
import type { RecoverySurroundings } from './recovery-world.ts';
import { testClock } from './test-clock.ts';

/** A protected group `shop` on the model of a replicated store, on virtual time, with clients that note what was acknowledged. */
export async function modelWorld(sites: readonly string[] = ['north', 'south'], selfStopSeconds = 10) {
  const clock = testClock();
  const group = 'shop';
  const store = memoryReplicatedStore({ group, sites, clock, selfStopSeconds });
  const endpoint = memoryWriteEndpoint();
  const [home = ''] = sites;
  await endpoint.change(group, 0, 0, { site: home, sessions: 'open' });
  const acknowledged: number[] = [];
  const wroteAt = new Map<number, Set<string>>();
  let rows = 0;

  /** A client at a site itself, past the endpoint. */
  async function writeAt(site: string): Promise<boolean> {
    const id = ++rows;
    try {
      await store.write(group, site, [{ change: 'insert', id, value: `value ${id}` }]);
    } catch {
      return false;
    }
    acknowledged.push(id);
    const { epoch = 0 } = store.writable(group).find((each) => each.site === site) ?? {};
    wroteAt.set(epoch, (wroteAt.get(epoch) ?? new Set()).add(site));
    return true;
  }

  const surroundings: RecoverySurroundings = {
    group,
    sites,
    ports: { store, endpoint },
    clock,
    letTimePass: async () => clock.advanceToNext(),
  };
  return {
    ...surroundings,
    clock,
    store,
    endpoint,
    acknowledged,
    /** By the epoch a site was shown last, the sites at which clients' writes were taken. */
    wroteAt,
    writeAt,
    /** A client that goes through the endpoint, when it is open. */
    async write(): Promise<boolean> {
      const { site, sessions } = await endpoint.observe(group);
      return sessions === 'open' && site !== undefined && writeAt(site);
    },
    /** Acknowledged rows that a site does not have. */
    missingAt: (site: string): readonly number[] => {
      const there = store.rows(group, site);
      return acknowledged.filter((id) => !there.has(String(id)));
    },
  };
}
