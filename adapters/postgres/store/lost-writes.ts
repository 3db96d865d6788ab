import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { LostWrites, Promotion } from '../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { keeperOrder, keeperState } from '../keeper/call-keeper.ts';
import { sqlSession } from '../sql/sql-session.ts';
import { siteIn, type GroupPlace, type SitePlace } from './group-place.ts';
import { lostCommits } from './lost-commits.ts';
import { lostRows } from './lost-rows.ts';
import { patiently } from './patiently.ts';

/** Rows that a ledger lists; it counts all. */
const listed = 10_000;

const openShape = z.object({ port: z.number(), quarantine: z.string(), end: z.string() });

/** What the site had behind the fork. Made once: what the new primary does later would blur it. */
export async function lostWrites(
  place: GroupPlace,
  site: SitePlace,
  epoch: number,
  promotion: Promotion,
): Promise<LostWrites> {
  const { fork } = promotion;
  const file = join(place.folder, 'ledgers', `${site.name}-${fork.branch}-${fork.offset}.json`);
  const made = await readFile(file, 'utf8').catch(() => undefined);
  if (made !== undefined) return JSON.parse(made) as LostWrites;

  const leader = siteIn(place, promotion.site);
  const firstXid = await firstXidOf(leader, promotion);
  const order = { kind: 'open-quarantine', epoch, branch: fork.branch } as const;
  const open = openShape.parse(await patiently(() => keeperOrder(site.keeper, order)));
  try {
    const end = BigInt(open.end) > BigInt(fork.offset) ? open.end : fork.offset;
    const copyAddress = { ...(await site.sql()), port: open.port };
    const leaderAddress = await leader.sql();
    const lost = await sqlSession(copyAddress, longMs, async (copy) => {
      const commits = await lostCommits(copy, fork, end);
      const rows = await sqlSession(leaderAddress, longMs, (sql) => lostRows(copy, sql, commits, firstXid, listed));
      return { commits: commits.commits, ...rows };
    });
    const ledger: LostWrites = {
      fork,
      end: { branch: fork.branch, offset: end },
      bytes: String(BigInt(end) - BigInt(fork.offset)),
      commits: lost.commits,
      rows: lost.rows,
      truncated: lost.rowCount > lost.rows.length,
      rowCount: lost.rowCount,
      quarantine: open.quarantine,
    };
    await writeWhole(file, JSON.stringify(ledger), true);
    return ledger;
  } finally {
    await keeperOrder(site.keeper, { kind: 'close-quarantine', epoch }).catch(() => undefined);
  }
}

const longMs = 600_000;

async function firstXidOf(leader: SitePlace, promotion: Promotion): Promise<string> {
  const { record } = await keeperState(leader.keeper, 2000);
  const done = record.promotion?.done;
  if (done?.promotion.branch === promotion.branch) return done.firstXid;
  const message = `${leader.keeper.name} was not promoted to branch ${promotion.branch}, so what it had at the fork cannot be told`;
  throw new StepFailure('Pointsman.SiteUnreachable', message);
}
