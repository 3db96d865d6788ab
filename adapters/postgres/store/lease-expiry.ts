import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FenceResult } from '../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { keeperOrder, keeperState } from '../keeper/call-keeper.ts';
import type { GroupPlace, SitePlace } from './group-place.ts';

interface Expiry {
  readonly epoch: number;
  readonly selfStopBy: number;
}

/** Beyond the time after which a primary that is alone stops: until it looks, and until it has ended. */
const marginMs = 3000;

/**
 * Waits, call by call, until a site that is out of reach has stopped by itself. From the first call on nobody keeps it
 * company: this process no longer lets itself be heard there, and the standbys take nothing from it any more.
 */
export async function expireLease(
  place: GroupPlace,
  site: SitePlace,
  epoch: number,
  selfFenceSeconds: number,
): Promise<FenceResult> {
  const result = (confirmed: boolean, evidence: string, selfStopBy?: number): FenceResult => ({
    level: 'lease-expiry',
    confirmed,
    evidence,
    selfStopBy,
  });
  const known = await expiryOf(place, site);
  const seen = await keeperState(site.keeper, 1000, true).catch(() => undefined);
  if (seen?.pid === null) return result(true, 'its keeper answers: nothing runs there', known?.selfStopBy);
  if (seen !== undefined && known === undefined)
    return result(false, 'its keeper answers, so it is not alone: use stop');
  const company = await leaveAlone(place, site, epoch);
  if (company.length > 0)
    return result(false, `out of reach, and ${company.join(', ')} could not be told to take nothing from it any more`);
  const expiry =
    known?.epoch === epoch ? known : { epoch, selfStopBy: Date.now() + selfFenceSeconds * 1000 + marginMs };
  if (expiry !== known) await writeWhole(fileOf(place, site), `${JSON.stringify(expiry)}\n`, true);
  const left = expiry.selfStopBy - Date.now();
  if (left > 0)
    return result(false, `out of reach; alone since ${selfFenceSeconds} s before then, it stops`, expiry.selfStopBy);
  if (seen !== undefined) return result(false, `its time is over, and its keeper says that it runs`, expiry.selfStopBy);
  return result(true, `out of reach, and for ${selfFenceSeconds} s nobody kept it company`, expiry.selfStopBy);
}

/** The other sites that may go on taking changes from it, because they do not answer. */
async function leaveAlone({ sites }: GroupPlace, site: SitePlace, epoch: number): Promise<readonly string[]> {
  const others = sites.filter((other) => other !== site);
  const told = await Promise.allSettled(
    others.map(({ keeper }) => keeperOrder(keeper, { kind: 'detach', epoch, detached: true })),
  );
  return told.flatMap((outcome, index) => {
    if (outcome.status === 'fulfilled') return [];
    if (outcome.reason instanceof StepFailure && outcome.reason.name === 'Pointsman.LeaseLost') throw outcome.reason;
    return [others[index]?.name ?? ''];
  });
}

/** Undefined while nobody waits for the site to stop by itself. */
export async function expiryOf(place: GroupPlace, site: SitePlace): Promise<Expiry | undefined> {
  const text = await readFile(fileOf(place, site), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Expiry);
}

/** The site is kept company again. */
export const endExpiry = (place: GroupPlace, site: SitePlace): Promise<void> =>
  rm(fileOf(place, site), { force: true });

const fileOf = ({ folder }: GroupPlace, { name }: SitePlace): string => join(folder, 'expiry', `${name}.json`);
