import { replicatedStoreContract } from '../../test/contracts/replicated-store.ts';
import { testClock } from '../../test/support/test-clock.ts';
import { memoryReplicatedStore } from './replicated-store.ts';

replicatedStoreContract({
  name: 'memoryReplicatedStore',
  async setup() {
    const clock = testClock();
    const group = 'shop';
    const store = memoryReplicatedStore({ group, sites: ['north', 'south', 'west'], clock });
    return {
      store,
      group,
      sites: ['north', 'south', 'west'],
      write: async (site, changes) => void (await store.write(group, site, changes)),
      rows: async (site) =>
        Array.from(store.rows(group, site).values(), ({ id, value }) => ({ id: Number(id), value: String(value) })),
      holdStream: async (site) => store.hold(site, 'sent'),
      releaseStream: async (site) => store.hold(site, 'nothing'),
      kill: async (site) => store.kill(site),
      hang: async (site) => store.hang(site),
      heal: async (site) => store.heal(site),
      partition: async (site) => store.partition(site),
      selfStopMs: 10_000,
      pass: async (milliseconds) => clock.advance(milliseconds),
    };
  },
});
