import { readChanges } from '../server/append-only-file.ts';
import { parseReply, textOf } from '../wire/resp.ts';

/** What one client changed at once: a command, or a transaction. */
export interface LoggedCommit {
  /** Of the newest timestamp before it (whole seconds), milliseconds since 1970; 0 without one. */
  readonly at: number;
  readonly bytes: Buffer;
  readonly database: number;
  /** Of the file, behind it. */
  readonly end: number;
}

/**
 * The changes in a server's append-only file since it was last rewritten. A file that ends in the middle of a command ends before it, as it
 * does for Redis (`aof-load-truncated`). How the file selects databases is left out: a primary and its standby do it at different places.
 */
export async function readCommits(logFolder: string): Promise<readonly LoggedCommit[]> {
  return (await readChanges(logFolder)).flatMap(commitsIn);
}

/** Pure. */
export function commitsIn(file: Buffer): readonly LoggedCommit[] {
  const commits: LoggedCommit[] = [];
  let [at, database] = [0, 0];
  let open: Buffer[] | undefined;
  for (let place = 0; place < file.length; ) {
    if (file[place] === 0x23) {
      const end = file.indexOf('\r\n', place);
      if (end < 0) break;
      const seconds = /^#TS:(\d+)/.exec(file.toString('latin1', place, end))?.[1];
      if (seconds !== undefined) at = Number(seconds) * 1000;
      place = end + 2;
      continue;
    }
    const parsed = parseReply(file, place);
    if (parsed === undefined) break;
    const bytes = file.subarray(place, parsed.end);
    place = parsed.end;
    const words = Array.isArray(parsed.value) ? parsed.value : [];
    const name = textOf(words[0]).toUpperCase();
    if (name === 'SELECT') database = Number(textOf(words[1]));
    else if (name === 'MULTI') open = [];
    else if (name === 'EXEC') {
      if (open !== undefined && open.length > 0) commits.push({ at, bytes: Buffer.concat(open), database, end: place });
      open = undefined;
    } else if (open !== undefined) open.push(bytes);
    else commits.push({ at, bytes, database, end: place });
  }
  return commits;
}

/**
 * How many of `old` are before the fork, when `kept` is what the promoted standby had at the fork: where the end of `kept` lies in `old`,
 * compared as far back as both reach. Undefined when `kept` has nothing to compare, or nothing of it is found. Pure.
 */
export function forkIn(old: readonly LoggedCommit[], kept: readonly LoggedCommit[]): number | undefined {
  const same = (a: LoggedCommit | undefined, b: LoggedCommit | undefined) =>
    a !== undefined && b !== undefined && a.database === b.database && a.bytes.equals(b.bytes);
  const overlapAt = (end: number): number => {
    const wanted = Math.min(end, kept.length);
    for (let back = 1; back <= wanted; back += 1) if (!same(old[end - back], kept[kept.length - back])) return 0;
    return wanted;
  };
  let best: { readonly end: number; readonly overlap: number } | undefined;
  for (let end = old.length; end > 0; end -= 1) {
    const overlap = overlapAt(end);
    if (overlap > (best?.overlap ?? 0)) best = { end, overlap };
    if (overlap === kept.length && overlap > 0) break; // no longer one is possible
  }
  return best?.end;
}
