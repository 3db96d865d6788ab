import * as z from 'zod/mini';
import type { KeptSite } from './kept-site.ts';
import { freezeSite, thawSite } from './orders/freeze-site.ts';
import { fenceSite } from './orders/fence-site.ts';
import { followLeader } from './orders/follow-leader.ts';
import { promoteSite } from './orders/promote-site.ts';
import { closeQuarantine, openQuarantine } from './orders/open-quarantine.ts';
import { rebuildSite } from './orders/rebuild-site.ts';
import { restSite } from './orders/rest-site.ts';
import { startSite } from './orders/start-site.ts';
import { stopSite } from './orders/stop-site.ts';

const epoch = z.number();
const token = z.object({
  lineage: z.string(),
  site: z.string(),
  end: z.object({ branch: z.string(), offset: z.string() }),
  epoch,
  at: z.number(),
});

/** What a keeper is asked to do. Each looks first and does only what is missing. */
const orderShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('freeze'), epoch }),
  z.object({ kind: z.literal('thaw'), epoch }),
  z.object({ kind: z.literal('stop'), epoch }),
  z.object({ kind: z.literal('start'), epoch }),
  z.object({ kind: z.literal('promote'), epoch, token: z.optional(token) }),
  z.object({ kind: z.literal('follow'), epoch, leader: z.string(), token }),
  z.object({ kind: z.literal('rebuild'), epoch, leader: z.string(), prior: z.optional(z.string()) }),
  z.object({ kind: z.literal('fence'), epoch, level: z.enum(['stop', 'isolate']) }),
  /** A standby gets no more changes, or gets them again. */
  z.object({ kind: z.literal('detach'), epoch, detached: z.boolean() }),
  /** A primary acknowledges what one of these has; of none: what it has itself. */
  z.object({ kind: z.literal('synchronize'), epoch, standbys: z.array(z.string()) }),
  /** The server ends until the group is started again. */
  z.object({ kind: z.literal('rest'), epoch }),
  z.object({ kind: z.literal('open-quarantine'), epoch, branch: z.string() }),
  z.object({ kind: z.literal('close-quarantine'), epoch }),
]);
export type Order = z.infer<typeof orderShape>;

export const readOrder = (raw: unknown): Order => orderShape.parse(raw);

export async function carryOut(site: KeptSite, order: Order): Promise<unknown> {
  switch (order.kind) {
    case 'freeze':
      return freezeSite(site);
    case 'thaw':
      return thawSite(site);
    case 'stop':
      return stopSite(site, order.epoch);
    case 'start':
      return startSite(site);
    case 'promote':
      return promoteSite(site, order.epoch, order.token);
    case 'follow':
      return followLeader(site, order.leader, order.token);
    case 'rebuild':
      return rebuildSite(site, order.epoch, order.leader, order.prior);
    case 'fence':
      return fenceSite(site, order.level);
    case 'detach':
      await site.note({ detached: order.detached });
      return site.configure();
    case 'synchronize':
      await site.note({ synchronous: order.standbys });
      return site.configure();
    case 'rest':
      return restSite(site);
    case 'open-quarantine':
      return openQuarantine(site, order.branch);
    case 'close-quarantine':
      return closeQuarantine(site);
    default:
      return order satisfies never;
  }
}
