import { setTimeout as pause } from 'node:timers/promises';
import type { Position } from '../../../functions/ports/recovery/position.ts';
import type { SwitchoverToken } from '../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { bringUp, logComplete } from './bring-up.ts';
import { leaderPort, stillWorking, unreachable, type KeptSite } from './kept-site.ts';
import { hasAll, replicationFacts } from './replication-facts.ts';

/**
 * Makes the site's own data a standby of `leader`, when the leader has all that is in it. That is asked before: a Redis that is told to
 * follow one whose history is another throws its data away and copies all.
 */
export async function followLeader(
  site: KeptSite,
  leader: KeptSite,
  epoch: number,
  token: SwitchoverToken,
): Promise<void> {
  const { role, leader: followed, detached, lineage } = await site.record();
  if (role === 'standby' && followed === leader.name && !detached && (await isLinked(site))) return;
  const leading = await leader.reach(2000, replicationFacts);
  if (leading.role !== 'primary') throw new StepFailure('Pointsman.NotPrimary', `${leader.label} is no primary`);
  const own = await ownEnd(site);
  const refused = (found: string) =>
    new StepFailure('Pointsman.Diverged', `${site.label} ${found}: it must be rebuilt`);
  if (lineage !== token.lineage || lineage !== (await leader.record()).lineage)
    throw refused(`holds data of ${lineage}, the token is of ${token.lineage}`);
  if (own === undefined) throw refused('did not end by saving its data, so nothing tells where it ended');
  if (!hasAll(leading, own))
    throw refused(`ends at ${own.offset} of ${own.branch}, and ${leader.name} does not have all of that`);
  await becomeStandby(site, leader, epoch);
}

/** Makes what the site holds a standby's and waits until changes arrive, durably. Safe to repeat. */
export async function becomeStandby(site: KeptSite, leader: KeptSite, epoch?: number): Promise<void> {
  const { lineage, generation } = await leader.record();
  const record = await site.note(
    {
      role: 'standby',
      leader: leader.name,
      lineage,
      generation,
      wanted: 'running',
      frozen: false,
      isolated: false,
      detached: false,
      guarded: false,
      token: null,
      promotion: null,
      expiry: null,
    },
    epoch,
  );
  const port = leaderPort(record, () => leader.options.reachedAt ?? leader.options.port);
  if (site.server.pid() !== undefined) await site.reach(1000, (redis) => redis('REPLICAOF', '127.0.0.1', port));
  await bringUp(site);
  for (const deadline = Date.now() + 2500; !(await isLinked(site)); await pause(10))
    if (Date.now() > deadline) throw stillWorking(site, `gets nothing from ${leader.name} yet`);
  await logComplete(site);
}

/** Whether changes arrive at a running standby. */
export async function isLinked(site: KeptSite): Promise<boolean> {
  if (site.server.pid() === undefined) return false;
  const facts = await site.admin(1000, replicationFacts).catch(() => undefined);
  return facts?.role === 'standby' && facts.isLinked;
}

/** Of a primary from the proof it left; of a standby from what it was sent. */
async function ownEnd(site: KeptSite): Promise<Position | undefined> {
  const { role, cleanEnd } = await site.record();
  const isRunning = site.server.pid() !== undefined;
  if (role === 'primary') return isRunning ? undefined : (cleanEnd ?? undefined);
  if (!isRunning) throw unreachable(site, 'its server does not run: start it, or rebuild it');
  return (await site.reach(1000, replicationFacts)).end;
}
