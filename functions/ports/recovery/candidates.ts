import { bytesBetween, type Position, type SiteName } from './position.ts';
import type { Exposure, GroupState, SiteState } from './replicated-store.ts';

export const siteIn = ({ sites }: GroupState, name: SiteName | undefined): SiteState | undefined =>
  sites.find(({ site }) => site === name);

/**
 * The site that is the group's primary, also when it does not answer: the one that says so on the newest branch, else the
 * one the endpoint points to, else the one its standbys follow.
 */
export function primaryOf(state: GroupState, pointedTo: SiteName | undefined): SiteName | undefined {
  const saying = state.sites.filter(({ role }) => role === 'primary');
  const answering = saying.filter(({ reach }) => reach === 'answers');
  const followed = state.sites.find(({ follows }) => follows !== undefined)?.follows;
  return one(answering) ?? siteIn(state, pointedTo)?.site ?? one(saying) ?? followed;
}

const one = (sites: readonly SiteState[]): SiteName | undefined => (sites.length === 1 ? sites[0]?.site : undefined);

/** Standbys that could take over from `primary`: they answer and hold the same data, the most advanced first, then as `preferred`. */
export function candidatesIn(
  state: GroupState,
  primary: SiteName | undefined,
  preferred: readonly SiteName[],
): readonly SiteState[] {
  const lineage = siteIn(state, primary)?.lineage ?? commonLineage(state);
  return state.sites
    .filter(({ site, reach, role }) => site !== primary && reach === 'answers' && role === 'standby')
    .filter((site) => site.lineage === lineage)
    .toSorted((a, b) => ahead(b.received, a.received) || rank(preferred, a.site) - rank(preferred, b.site));
}

const ahead = (a: Position | undefined, b: Position | undefined): number => {
  if (a === undefined || b === undefined) return Number(b === undefined) - Number(a === undefined);
  return Number(bytesBetween(b, a) > 0n) - Number(bytesBetween(b, a) < 0n);
};

const rank = (preferred: readonly SiteName[], site: SiteName): number => {
  const at = preferred.indexOf(site);
  return at < 0 ? preferred.length : at;
};

/** What most sites hold; of a site with other data a failover would make something else. */
function commonLineage({ sites }: GroupState): string | undefined {
  const counts = Map.groupBy(sites, ({ lineage }) => lineage);
  counts.delete(undefined);
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

/**
 * What would be lost if `candidate` took over now. While the primary does not answer, it is told from the end of what lies
 * there, where that can be read; undefined where it cannot.
 */
export function exposureOf(
  state: GroupState,
  primary: SiteName | undefined,
  candidate: SiteState,
): Exposure | undefined {
  const told = state.exposures.find(({ site }) => site === candidate.site);
  if (told !== undefined) return told;
  const end = siteIn(state, primary)?.received;
  if (end === undefined || candidate.received === undefined || end.branch !== candidate.received.branch)
    return undefined;
  const bytes = bytesBetween(candidate.received, end);
  const newest = siteIn(state, primary)?.lastChangeAt ?? state.at;
  const seconds = bytes > 0n ? Math.max(0, newest - (candidate.lastChangeAt ?? newest)) / 1000 : 0;
  return { site: candidate.site, bytes: String(bytes > 0n ? bytes : 0n), seconds, commits: undefined };
}
