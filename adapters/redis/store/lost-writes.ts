import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LostRow, LostWrites, Promotion } from '../../../functions/ports/recovery/replicated-store.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { copyLog, logFolder } from '../server/append-only-file.ts';
import { isolatedServer } from '../server/isolated-server.ts';
import { unreachable, type KeptSite } from '../site/kept-site.ts';
import { forkFolder } from '../site/promote-site.ts';
import type { Redis } from '../wire/redis-session.ts';
import { siteIn, type GroupPlace } from './group-place.ts';
import { forkIn, readCommits, type LoggedCommit } from './read-commits.ts';
import { tableOf } from './read-contents.ts';
import { databases, isThere, keyFacts, keysIn, plainText, readValue, type KeyFacts } from './read-keys.ts';

/** Rows that are listed; all are counted. */
const LISTED = 10_000;

/**
 * Compares two copies, each loaded by a server of its own: what the old primary left, and what the promoted standby had at the fork. What
 * clients changed behind the fork does not come into it.
 */
export async function lostWrites(place: GroupPlace, site: KeptSite, promotion: Promotion): Promise<LostWrites> {
  const old = await oldData(site, promotion);
  const kept = forkFolder(siteIn(place, promotion.site), promotion.branch);
  if (!(await isFolder(kept)))
    throw new StepFailure(
      'Pointsman.SiteUnreachable',
      `what ${promotion.site} had at the fork is not kept any more: ${kept} is gone; the old data is in ${old}`,
    );
  const scratch = join(place.folder, 'ledgers');
  const { program } = place.options;
  await using before = await isolatedServer(scratch, program, (data) => copyLog(logFolder(old), data));
  await using after = await isolatedServer(scratch, program, (data) => copyLog(kept, data));
  const rows = await before.use(3_600_000, (a) => after.use(3_600_000, (b) => lostRows(a, b)));
  const commits = await lostCommits(logFolder(old), kept, rows);
  const bytes = commits.reduce((sum, commit) => sum + commit.bytes.length, 0);
  return {
    fork: promotion.fork,
    end: { branch: promotion.fork.branch, offset: String(BigInt(promotion.fork.offset) + BigInt(bytes)) },
    bytes: String(bytes),
    commits: commits.map(({ at }, index) => ({ id: `${promotion.fork.branch}+${index + 1}`, at })),
    rows: rows.slice(0, LISTED).map(({ row }) => row),
    truncated: rows.length > LISTED,
    rowCount: rows.length,
    quarantine: old,
  };
}

/** Where the site's data of before the promotion lies: in its place, or put aside since. */
async function oldData(site: KeptSite, promotion: Promotion): Promise<string> {
  const { quarantines, role } = await site.record();
  const aside = quarantines.find(({ at }) => at >= promotion.at);
  if (aside !== undefined && (await isFolder(aside.path))) return aside.path;
  if (role !== 'primary') throw unreachable(site, 'its old data is neither in its place nor in quarantine');
  if (site.server.pid() !== undefined) throw unreachable(site, 'it runs: fence it first, then ask again');
  if (!(await isFolder(logFolder(site.folders.data)))) throw unreachable(site, 'there is no data');
  return site.folders.data;
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

interface Lost {
  readonly key: Buffer;
  readonly row: LostRow;
}

async function lostRows(old: Redis, kept: Redis): Promise<readonly Lost[]> {
  const lost = new Map<string, Lost>();
  for (const database of await databases(old)) {
    await kept('SELECT', database);
    for await (const keys of keysIn(old, database)) await compare(database, keys);
  }
  for (const database of await databases(kept)) {
    await old('SELECT', database);
    for await (const keys of keysIn(kept, database)) await compare(database, keys);
  }
  return [...lost.values()].toSorted((a, b) => Buffer.compare(a.key, b.key));

  async function compare(database: number, keys: readonly Buffer[]): Promise<void> {
    const [was, is] = [await keyFacts(old, keys), await keyFacts(kept, keys)];
    for (const [index, key] of keys.entries()) {
      const [a, b] = [was[index], is[index]];
      const id = `${database} ${key.toString('latin1')}`;
      if (a === undefined || b === undefined || isSame(a, b) || lost.has(id)) continue;
      const change = !isThere(a) ? 'delete' : isThere(b) ? 'update' : 'insert';
      const row = change === 'delete' ? await rowOf(kept, b) : await rowOf(old, a);
      lost.set(id, { key, row: { table: tableOf(database, key), change, key: { key: plainText(key) }, row } });
    }
  }
}

const isSame = (a: KeyFacts, b: KeyFacts): boolean =>
  a.digest === b.digest && a.type === b.type && a.expiresAt === b.expiresAt;

async function rowOf(redis: Redis, facts: KeyFacts): Promise<Readonly<Record<string, unknown>>> {
  const value = await readValue(redis, facts);
  return { type: facts.type, value, ...(facts.expiresAt < 0 ? {} : { expiresAt: facts.expiresAt }) };
}

async function lostCommits(oldLog: string, keptLog: string, rows: readonly Lost[]): Promise<readonly LoggedCommit[]> {
  const all = await readCommits(oldLog);
  const fork = forkIn(all, await readCommits(keptLog));
  if (fork !== undefined) return all.slice(fork);
  // The standby's log was rewritten right before: all that is known is whose rows were lost.
  return all.filter(({ bytes }) => rows.some(({ key }) => bytes.includes(key)));
}
