import type { FenceResult } from '../../../functions/ports/recovery/replicated-store.ts';
import { becomeStandby } from '../site/follow-leader.ts';
import type { KeptSite } from '../site/kept-site.ts';

/** Redis looks at its replicas' words once a second, and counts whole seconds. */
const MARGIN_MS = 3000;

/**
 * Waits, call by call, until a primary that cannot be stopped has lost its standbys for so long that it refuses writes by itself. From the
 * first call on they take nothing from it: it must not hear of them.
 */
export async function expireLease(
  site: KeptSite,
  others: readonly KeptSite[],
  epoch: number,
  selfFenceSeconds: number | undefined,
): Promise<FenceResult> {
  const result = (confirmed: boolean, evidence: string, selfStopBy?: number): FenceResult => ({
    level: 'lease-expiry',
    confirmed,
    evidence,
    selfStopBy,
  });
  const { expiry, guarded } = await site.record();
  if (site.server.pid() === undefined) return result(true, 'nothing runs there', expiry?.selfStopBy);
  if (selfFenceSeconds === undefined || !guarded)
    return result(false, 'it does not stop by itself: it was given no selfFenceSeconds, or has had no standby since');
  const known =
    expiry?.epoch === epoch ? expiry : { epoch, selfStopBy: Date.now() + selfFenceSeconds * 1000 + MARGIN_MS };
  if (known !== expiry) await site.note({ expiry: known });
  await Promise.all(others.map((other) => detach(other, site)));
  const still = others.length > 0 && (await Promise.all(others.map((other) => takesFrom(other, site)))).includes(true);
  if (still) return result(false, 'a standby may still speak to it', known.selfStopBy);
  if (Date.now() < known.selfStopBy) return result(false, 'it has no standby any more', known.selfStopBy);
  return result(true, `no standby spoke to it for ${selfFenceSeconds} s: it refuses writes`, known.selfStopBy);
}

async function detach(other: KeptSite, primary: KeptSite): Promise<void> {
  const { role, leader, detached } = await other.record();
  if (role !== 'standby' || leader !== primary.name) return;
  if (!detached) {
    await other.note({ detached: true });
    await other.configure();
  }
  await other.admin(1000, (redis) => redis('REPLICAOF', '127.0.0.1', 1)).catch(() => undefined);
}

/** Its record says whom it shall follow; what it does is asked. One that does not run speaks to nobody. */
async function takesFrom(other: KeptSite, primary: KeptSite): Promise<boolean> {
  const { role, leader } = await other.record();
  if (role !== 'standby' || leader !== primary.name || other.server.pid() === undefined) return false;
  const port = await other.admin(1000, (redis) => redis.info('replication')).catch(() => undefined);
  return port === undefined || port['master_port'] !== '1';
}

/** The way back: the primary's standbys take from it again. */
export async function attachAgain(primary: KeptSite, others: readonly KeptSite[]): Promise<void> {
  await primary.note({ expiry: null });
  for (const other of others) {
    const { leader, detached } = await other.record();
    if (detached && leader === primary.name && other.server.pid() !== undefined) await becomeStandby(other, primary);
  }
}
