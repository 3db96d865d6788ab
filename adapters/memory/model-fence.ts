import type { FenceLevel, FenceResult } from '../../functions/ports/recovery/replicated-store.ts';
import { end, type ModelSite } from './model-site.ts';

interface Means {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How long a primary that is alone goes on; Infinity: for ever. */
  readonly selfStopMs: number;
  readonly isolates: boolean;
}

/** What a rung of the ladder does to a site of the model. */
export function fenced(site: ModelSite, epoch: number, level: FenceLevel, means: Means): FenceResult {
  switch (level) {
    case 'refuse-writes':
      return refuseWrites(site);
    case 'stop':
      if (site.partitioned) return result(level, false, 'no way leads to it');
      if (site.process !== 'ended') end(site);
      site.barred = true;
      return result(level, true, 'no process is left, and none is started again');
    case 'isolate':
      if (!means.isolates) return result(level, false, 'nothing here can isolate a site');
      site.isolated = true;
      return result(level, true, 'no client reaches it');
    case 'lease-expiry':
      return leaseExpiry(site, epoch, means);
    default:
      throw new Error(`there is no such fence: ${String(level satisfies never)}`);
  }
}

function refuseWrites(site: ModelSite): FenceResult {
  if (site.partitioned) return result('refuse-writes', false, 'no way leads to it');
  if (site.process !== 'running') return result('refuse-writes', false, 'it does not answer');
  site.frozen = true;
  return result('refuse-writes', false, 'it refuses writes, which a session may turn off');
}

function leaseExpiry(site: ModelSite, epoch: number, { now, selfStopMs }: Means): FenceResult {
  if (selfStopMs === Infinity) return result('lease-expiry', false, 'it never stops by itself');
  // It may have been alone for longer; the controller knows only since when it waits.
  site.waitedFor = site.waitedFor?.epoch === epoch ? site.waitedFor : { since: now, epoch };
  const selfStopBy = site.waitedFor.since + selfStopMs;
  if (now < selfStopBy) return { ...result('lease-expiry', false, 'it may live until then'), selfStopBy };
  const isOut = site.partitioned || site.process === 'ended';
  const evidence = isOut ? 'alone for as long as it may be, it has stopped by itself' : 'it can be reached: stop it';
  return { ...result('lease-expiry', isOut, evidence), selfStopBy };
}

const result = (level: FenceLevel, confirmed: boolean, evidence: string): FenceResult => ({
  level,
  confirmed,
  evidence,
  selfStopBy: undefined,
});
