import { bytesBetween } from '../../../functions/ports/recovery/position.ts';
import type { Depth, Exposure, GroupState, SiteState } from '../../../functions/ports/recovery/replicated-store.ts';
import { keeperState } from '../keeper/call-keeper.ts';
import type { KeeperState } from '../keeper/keeper.ts';
import type { KeptSessions } from '../sql/kept-sessions.ts';
import { sqlSession } from '../sql/sql-session.ts';
import { expiryOf } from './lease-expiry.ts';
import type { GroupPlace, SitePlace } from './group-place.ts';
import { briefFacts, commitsBetween, siteFacts, type SiteFacts } from './site-facts.ts';

/**
 * Every site is asked twice at once: its keeper, which is quick and knows what runs, and its server, which may hang. A brief
 * look asks the server only, in a session that is open where there is one; a whole one knocks at its door as a client would.
 */
export async function observeGroup(place: GroupPlace, sessions: KeptSessions, depth: Depth): Promise<GroupState> {
  const sites = await Promise.all(place.sites.map((site) => observeSite(place, site, sessions, depth)));
  const exposures = depth === 'brief' ? [] : await exposuresOf(place, sites);
  return { group: place.group, sites, exposures, at: Date.now() };
}

async function observeSite(
  place: GroupPlace,
  site: SitePlace,
  sessions: KeptSessions,
  depth: Depth,
): Promise<SiteState> {
  const address = await site.sql();
  if (depth === 'brief')
    return stateOf(site, undefined, await sessions.ask(address, 1000, briefFacts).catch(() => undefined));
  const quiet = (await expiryOf(place, site)) !== undefined; // it shall find out that it is alone
  const [kept, facts] = await Promise.all([
    keeperState(site.keeper, 1000, quiet).catch(() => undefined),
    sqlSession(address, 1000, (sql) => siteFacts(sql, address)).catch(() => undefined),
  ]);
  if (facts !== undefined) sessions.warm(address); // who looks may be about to act
  return stateOf(site, kept, facts);
}

function stateOf({ name, keeper }: SitePlace, kept: KeeperState | undefined, facts: SiteFacts | undefined): SiteState {
  const record = kept?.record;
  const control = kept?.control;
  const reach = facts ? 'answers' : kept === undefined || kept.pid !== null ? 'silent' : control ? 'stopped' : 'absent';
  const known = record !== undefined && (control ?? undefined) !== undefined ? record.role.kind : 'unknown';
  const role = facts?.role ?? known;
  // One that crashed ends somewhere behind its last checkpoint, and nothing but its log tells where.
  const isKnown = control && !(known === 'primary' && control.state !== 'shut down');
  const ended = isKnown ? { branch: String(control.timeline), offset: farthest(control) } : undefined;
  const received = facts?.received ?? (reach === 'stopped' ? ended : undefined);
  return {
    site: name,
    reach,
    role,
    writes:
      facts === undefined
        ? reach === 'silent' && record?.isolated !== true
          ? 'unknown'
          : 'refused'
        : facts.role === 'standby' || facts.readOnly
          ? 'refused'
          : 'accepted',
    lineage: facts?.lineage ?? control?.systemId,
    received,
    applied: facts?.applied ?? received,
    follows: role === 'standby' && record?.role.kind === 'standby' ? record.role.leader : undefined,
    stream: facts?.stream ?? (role === 'standby' ? 'broken' : 'none'),
    lastChangeAt: facts?.lastChangeAt,
    epoch: record?.epoch ?? 0,
    settings: facts?.settings ?? {},
    warnings: [
      ...(kept === undefined ? [`the keeper of ${keeper.name} does not answer`] : []),
      ...(record?.fencedItself
        ? [`it stopped itself at ${iso(record.fencedItself.at)}: ${record.fencedItself.why}`]
        : []),
      ...(record?.isolated ? ['it is isolated: it refuses every session'] : []),
      ...(facts?.warnings ?? []),
    ],
  };
}

const farthest = ({ checkpoint, minRecovery }: NonNullable<KeeperState['control']>): string =>
  BigInt(checkpoint) > BigInt(minRecovery) ? checkpoint : minRecovery;

const iso = (at: number): string => new Date(at).toISOString();

async function exposuresOf(place: GroupPlace, states: readonly SiteState[]): Promise<readonly Exposure[]> {
  const primary = states.find(({ reach, role }) => reach === 'answers' && role === 'primary');
  const end = primary?.received;
  const from = place.sites.find(({ name }) => name === primary?.site);
  if (primary === undefined || end === undefined || from === undefined) return [];
  const known = states.filter((s) => s.reach === 'answers' && s.role === 'standby' && s.lineage === primary.lineage);
  return Promise.all(
    known.map(async ({ site, received, lastChangeAt }): Promise<Exposure> => {
      const missing = received === undefined ? 0n : bytesBetween(received, end);
      if (received === undefined || missing <= 0n) return { site, bytes: '0', seconds: 0, commits: 0 };
      const commits = await from
        .sql()
        .then((address) => sqlSession(address, 700, (sql) => commitsBetween(sql, received, end)))
        .catch(() => undefined);
      const seconds = lastChangeAt === undefined ? 0 : Math.max(0, (Date.now() - lastChangeAt) / 1000);
      return { site, bytes: String(missing), seconds, commits };
    }),
  );
}
