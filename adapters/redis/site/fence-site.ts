import type { FenceLevel, FenceResult } from '../../../functions/ports/recovery/replicated-store.ts';
import { clientRules } from '../server/server-config.ts';
import { endClients, freezeSite } from './freeze-site.ts';
import type { KeptSite } from './kept-site.ts';

type Seen = Pick<FenceResult, 'confirmed' | 'evidence'>;

/** All rungs but `lease-expiry`. Waits for no other order: what it ends may be what they wait for. */
export async function fenceSite(site: KeptSite, level: Exclude<FenceLevel, 'lease-expiry'>): Promise<Seen> {
  switch (level) {
    case 'refuse-writes':
      await freezeSite(site);
      return {
        confirmed: false,
        evidence: 'it answers NOREPLICAS to every write; whoever may configure it can turn that off',
      };
    case 'stop':
      return stopForCertain(site);
    case 'isolate':
      return keepClientsOut(site);
    default:
      return level satisfies never;
  }
}

async function stopForCertain(site: KeptSite): Promise<Seen> {
  await site.note({ wanted: 'stopped' });
  const pid = site.server.pid();
  if (pid === undefined) return { confirmed: true, evidence: 'nothing runs there' };
  return (await site.server.kill())
    ? { confirmed: true, evidence: `process ${pid} was killed and is gone` }
    : { confirmed: false, evidence: `process ${pid} was killed and is still there` };
}

/** Also from a server that is started later. */
async function keepClientsOut(site: KeptSite): Promise<Seen> {
  await site.note({ isolated: true });
  await site.configure();
  if (site.server.pid() === undefined) return { confirmed: true, evidence: 'nothing runs there' };
  await site.reach(1500, async (redis) => {
    await redis('ACL', 'SETUSER', 'default', ...clientRules(undefined));
    await endClients(redis);
  });
  return { confirmed: true, evidence: 'the user of the clients is off and their sessions have ended' };
}
