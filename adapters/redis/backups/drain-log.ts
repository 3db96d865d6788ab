import { link, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { logFiles, logFolder, readCut } from '../server/append-only-file.ts';
import type { KeptSite } from '../site/kept-site.ts';
import { forkFolder } from '../site/promote-site.ts';
import { commitsIn, forkIn, readCommits } from '../store/read-commits.ts';
import { encodeCommand } from '../wire/resp.ts';
import { covering, endOf, type BranchFacts, type ChangeLog, type Reader } from './change-log.ts';

/** The line of history that a site's changes belong to while it is primary: its group's first, or that of its promotion. */
export async function branchOf(site: KeptSite): Promise<string> {
  const { promotion, lineage } = await site.record();
  return promotion?.done?.branch ?? lineage;
}

/**
 * Seals what the primary's append-only files have got since the last time. Files that Redis may delete (it does when it rewrites them) are
 * kept by a link until they are read; one that is gone all the same leaves a hole in the offsets, which no restore crosses. Resolves with
 * the offset at which each file that was looked at begins.
 */
export async function drainLog(
  site: KeptSite,
  log: ChangeLog,
  now: () => number,
): Promise<ReadonlyMap<string, bigint>> {
  const branch = await branchOf(site);
  const facts = (await log.facts(branch)) ?? (await begin(site, log, branch));
  const segments = await log.segments(branch);
  const before = newer(facts.reader, segments.at(-1)?.reader);
  const files = (await changesOf(site)).filter((file) => before === undefined || file.number >= before.file);
  let start = endOf(facts, segments);
  const begins = new Map<string, bigint>();
  let reader = before;
  const seen = now(); // whatever is read from here on may be later
  for (const [index, { name, number }] of files.entries()) {
    const from = reader?.file === number ? reader.bytes : 0;
    const isNext = reader === undefined || number === reader.file + (index === 0 ? 0 : 1);
    if (!isNext) start += 1n; // one is gone: a hole
    const bytes = await readFrom(join(spoolOf(site), name), from);
    reader = { file: number, bytes: from + bytes.length };
    const segment = { start, end: start + BigInt(bytes.length), at: now(), reader };
    begins.set(name, start - BigInt(from));
    if (bytes.length > 0) await log.append(branch, segment, bytes);
    start = segment.end;
  }
  const newest = files.at(-1);
  await log.note({ ...facts, reader: reader ?? null, end: String(start), drainedAt: seen });
  for (const { name } of files) if (name !== newest?.name) await rm(join(spoolOf(site), name), { force: true });
  return begins;
}

const spoolOf = ({ folder }: KeptSite): string => join(folder, 'spool');

async function readFrom(path: string, from: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(Math.max(0, (await file.stat()).size - from));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const newer = (a: Reader | null | undefined, b: Reader | null | undefined): Reader | undefined => {
  if (!a || !b) return a ?? b ?? undefined;
  return b.file > a.file || (b.file === a.file && b.bytes > a.bytes) ? b : a;
};

interface ChangesFile {
  readonly name: string;
  readonly number: number;
}

/** By their number. */
async function changesOf(site: KeptSite): Promise<readonly ChangesFile[]> {
  const spool = spoolOf(site);
  await mkdir(spool, { recursive: true, mode: 0o700 });
  const from = logFolder(site.folders.data);
  for (const { name, kind } of await logFiles(from)) {
    if (kind === 'base') continue;
    if (await differs(join(spool, name), join(from, name))) await rm(join(spool, name)); // of an earlier life of the site
    await keepLink(join(from, name), join(spool, name));
  }
  const number = (name: string) => Number(/\.(\d+)\.incr\.aof$/.exec(name)?.[1] ?? 0);
  return (await readdir(spool)).map((name) => ({ name, number: number(name) })).toSorted((a, b) => a.number - b.number);
}

const keepLink = (from: string, to: string): Promise<void> =>
  link(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST' && error.code !== 'ENOENT') throw error;
  });

async function differs(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([a, b].map((path) => stat(path).catch(() => undefined)));
  return one !== undefined && other !== undefined && one.ino !== other.ino;
}

/** A branch begins where the site's files begin, or where a promotion left its parent. */
async function begin(site: KeptSite, log: ChangeLog, branch: string): Promise<BranchFacts> {
  const { promotion } = await site.record();
  await rm(spoolOf(site), { recursive: true, force: true });
  await mkdir(spoolOf(site), { recursive: true, mode: 0o700 });
  const kept = forkFolder(site, branch);
  const last = promotion?.done ? (await readCut(kept))?.files.at(-1) : undefined;
  const fork = last && (await forkOf(log, kept));
  const number = Number(/\.(\d+)\.incr\.aof$/.exec(last?.name ?? '')?.[1] ?? 0);
  const reader = fork && last ? { file: number, bytes: last.bytes } : null;
  const facts: BranchFacts = {
    branch,
    drainedAt: fork?.at ?? 0,
    parent: fork?.parent ?? null,
    fork: String(fork?.offset ?? 0n),
    forkedAt: fork?.at ?? 0,
    reader,
    points: [],
    end: '0',
    trimmed: '0',
  };
  if (fork && last && reader) {
    await keepLink(join(kept, last.name), join(spoolOf(site), last.name));
    // The file goes on in a database that was selected before the fork.
    const select = encodeCommand(['SELECT', fork.database]);
    const segment = { start: fork.offset, end: fork.offset + BigInt(select.length), at: fork.at, reader };
    await log.append(branch, segment, select);
  }
  await log.note(facts);
  return facts;
}

/** Where in the vault's newest branch the promoted standby's own log ends. Undefined when the vault has none that fits. */
async function forkOf(log: ChangeLog, kept: string) {
  const had = await readCommits(kept);
  for (const facts of (await log.branches()).toReversed()) {
    const segments = await log.segments(facts.branch);
    const first = segments[0];
    if (first === undefined) continue;
    const wanted = covering(facts.branch, segments, first.start, endOf(facts, segments));
    const bytes = Buffer.concat(await Promise.all(wanted.map((segment) => log.read(facts.branch, segment))));
    const old = commitsIn(bytes);
    const count = forkIn(old, had);
    if (count === undefined) continue;
    const offset = first.start + BigInt(old[count - 1]?.end ?? 0);
    const at = segments.find(({ end }) => end >= offset)?.at ?? 0;
    return { parent: facts.branch, offset, at, database: old[count - 1]?.database ?? 0 };
  }
  return undefined;
}
