import * as z from 'zod/mini';
import { instant, reader } from '../ports/input.ts';
import type { Ports } from '../ports/ports.ts';
import { candidatesIn, exposureOf, siteIn } from '../ports/recovery/candidates.ts';
import type { GroupName, SiteName } from '../ports/recovery/position.ts';
import { groupName, siteName, token } from '../ports/recovery/recovery-input.ts';
import type { GroupState, ReplicatedStore, SiteState, SwitchoverToken } from '../ports/recovery/replicated-store.ts';
import { StepFailure } from '../step-failure.ts';
import type { StepFunction } from '../step-function.ts';

const input = z.object({
  group: groupName,
  /** The old primary; it must be stopped or fenced by now. */
  from: siteName,
  /** Where a person wants it; null: the best there is. */
  to: z.nullable(siteName),
  /** Proof of where the old primary ended; null in a failover. */
  token: z.nullable(token),
  /** Last moment at which clients' writes are known to have worked, milliseconds since 1970; null: not known. */
  lastGood: z.nullable(instant),
});

export type ChooseCandidateInput = z.output<typeof input>;

export interface ChooseCandidateOutput {
  readonly site: SiteName;
  /** Other standbys that answer; they must follow it. */
  readonly others: readonly SiteName[];
  /** What this choice loses, at most. `bytes` and `commits` are null where only `seconds` can be told. */
  readonly loss: { readonly bytes: string | null; readonly seconds: number; readonly commits: number | null };
}

/**
 * Chooses who becomes the primary, after the old one has ended: a choice made before could miss what it wrote meanwhile. With
 * a token whoever has everything up to its end, as preferred; without one the most advanced standby of the same lineage.
 * Changes nothing.
 * @throws StepFailure `Pointsman.NoCandidate` saying what each site lacks
 */
export const chooseCandidate: StepFunction<
  ChooseCandidateInput,
  ChooseCandidateOutput,
  Pick<Ports, 'plans' | 'store'>
> = {
  name: 'choose-candidate',
  read: reader('choose-candidate', input),
  async run({ group, from, to, token, lastGood }, { plans, store }) {
    const { sites: preferred } = await plans.read(group);
    const state = await store.observe(group, token === null ? 'whole' : 'brief'); // writes wait, and the token tells where
    const able = candidatesIn(state, from, preferred);
    const complete = token === null ? able : await havingAll(store, group, able, token);
    const wanted = token === null ? complete : complete.toSorted((a, b) => order(preferred, a) - order(preferred, b));
    const chosen = to === null ? wanted[0] : wanted.find(({ site }) => site === to);
    if (chosen === undefined) throw noCandidate(group, to, token, await store.observe(group));
    const others = able.flatMap(({ site }) => (site === chosen.site ? [] : [site]));
    const loss = token === null ? lossOf(state, from, chosen, lastGood) : { bytes: '0', seconds: 0, commits: 0 };
    return { site: chosen.site, others, loss };
  },
};

async function havingAll(
  store: ReplicatedStore,
  group: GroupName,
  sites: readonly SiteState[],
  { end, lineage }: SwitchoverToken,
): Promise<readonly SiteState[]> {
  const same = sites.filter((site) => site.lineage === lineage);
  const has = await Promise.all(same.map(({ site }) => store.reached(group, site, end, 1000).catch(() => false)));
  return same.filter((_, at) => has[at]);
}

const order = (preferred: readonly SiteName[], { site }: SiteState): number => {
  const at = preferred.indexOf(site);
  return at < 0 ? preferred.length : at;
};

function lossOf(
  state: GroupState,
  from: SiteName,
  chosen: SiteState,
  lastGood: number | null,
): ChooseCandidateOutput['loss'] {
  const exposure = exposureOf(state, from, chosen);
  if (exposure !== undefined) {
    const { bytes, seconds, commits = null } = exposure;
    return { bytes, seconds, commits };
  }
  // Nothing tells what the old primary had last: at most what came between the newest change here and the last good answer.
  const newest = chosen.lastChangeAt ?? lastGood ?? state.at;
  return { bytes: null, seconds: Math.max(0, (lastGood ?? state.at) - newest) / 1000, commits: null };
}

function noCandidate(
  group: GroupName,
  to: SiteName | null,
  token: SwitchoverToken | null,
  state: GroupState,
): StepFailure {
  const wanted =
    token === null ? 'hold the same data' : `have everything up to ${token.end.branch}/${token.end.offset}`;
  const asked = to === null ? 'a standby' : to;
  const found = state.sites.map(({ site, reach, role, received }) => {
    const where = received === undefined ? '' : ` at ${received.branch}/${received.offset}`;
    return `${site} is a ${role} that ${reach === 'answers' ? 'answers' : `is ${reach}`}${where}`;
  });
  const known = to !== null && siteIn(state, to) === undefined ? `; ${group} has no site ${to}` : '';
  return new StepFailure(
    'Pointsman.NoCandidate',
    `${group}: asked for ${asked} to take over, which must answer, be a standby and ${wanted}; ${found.join(', ')}${known}`,
  );
}
