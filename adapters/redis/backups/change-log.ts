import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecoveryPoint } from '../../../functions/ports/recovery/backup-engine.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { newDataKey, unwrapDataKey, wrappedKeyShape } from '../../shared/vault/data-key.ts';
import { writeFileWhole } from '../../shared/vault/durable-files.ts';
import { seal, unseal } from '../../shared/vault/sealed-stream.ts';
import { isMissing, reasonOf, unusable } from '../../shared/vault/unusable.ts';
import type { VaultOptions } from './options.ts';

/** Changes of a branch from one offset to another, as they were archived at once. */
export interface Segment {
  readonly start: bigint;
  readonly end: bigint;
  /** When it was archived: all in it is from before. Milliseconds since 1970. */
  readonly at: number;
  /** Up to where the server's files were read then: in one name, so that it is known exactly as long as the bytes are. */
  readonly reader: Reader;
}

/** A place in a server's append-only files: the number of the file, and the bytes of it. */
export interface Reader {
  readonly file: number;
  readonly bytes: number;
}

/** What is known of a branch beside its bytes. */
export interface BranchFacts {
  readonly branch: string;
  /** The newest moment of which it is known what happened until then. */
  readonly drainedAt: number;
  readonly parent: string | null;
  /** Offset at which it left its parent, from which its own count on; and when that was. */
  readonly fork: string;
  readonly forkedAt: number;
  /** Where in the server's files it begins, and later how far they were read; null: at the first. */
  readonly reader: Reader | null;
  readonly points: readonly RecoveryPoint[];
  /** Offset up to which changes were archived: without it a lost last piece would not be missed. */
  readonly end: string;
  /** Offset before which changes were forgotten on purpose. */
  readonly trimmed: string;
}

/** A vault's archived changes: a folder for each branch, a sealed file for each piece. */
export interface ChangeLog {
  branches(): Promise<readonly BranchFacts[]>;
  facts(branch: string): Promise<BranchFacts | undefined>;
  note(facts: BranchFacts): Promise<void>;
  segments(branch: string): Promise<readonly Segment[]>;
  append(branch: string, segment: Segment, bytes: Buffer): Promise<void>;
  /** @throws StepFailure `Pointsman.BackupUnusable` */
  read(branch: string, segment: Segment): Promise<Buffer>;
  /** Gives the bytes it freed. */
  remove(branch: string, segment: Segment): Promise<number>;
}

export function changeLog(options: VaultOptions): ChangeLog {
  const folder = join(options.folder, 'changes');
  const nameOf = ({ start, end, at, reader }: Segment) =>
    `${String(start).padStart(20, '0')}-${end}-${at}-${reader.file}-${reader.bytes}.sealed`;
  const log: ChangeLog = {
    async branches() {
      const names = await readdir(folder).catch(() => []);
      const all = await Promise.all(names.map((name) => log.facts(name)));
      return all.filter((facts) => facts !== undefined).toSorted((a, b) => a.forkedAt - b.forkedAt);
    },

    async facts(branch) {
      const text = await readFile(join(folder, branch, 'branch.json'), 'utf8').catch(() => undefined);
      return text === undefined ? undefined : (JSON.parse(text) as BranchFacts);
    },

    note: (facts) => writeWhole(join(folder, facts.branch, 'branch.json'), `${JSON.stringify(facts)}\n`, true),

    async segments(branch) {
      const names = await readdir(join(folder, branch)).catch(() => []);
      const found = names.flatMap((name): Segment[] => {
        const [, start, end, at, file, bytes] = /^(\d+)-(\d+)-(\d+)-(\d+)-(\d+)\.sealed$/.exec(name) ?? [];
        if (start === undefined || end === undefined) return [];
        const reader = { file: Number(file), bytes: Number(bytes) };
        return [{ start: BigInt(start), end: BigInt(end), at: Number(at), reader }];
      });
      return found.toSorted((a, b) => Number(a.start - b.start));
    },

    async append(branch, segment, bytes) {
      const name = nameOf(segment);
      const { key, wrapped } = newDataKey(await options.key(), `${branch}/${name}`);
      const head = Buffer.from(`${JSON.stringify(wrapped)}\n`);
      await writeFileWhole(join(folder, branch, name), prefixed(head, seal(key, name, [bytes])));
    },

    async read(branch, segment) {
      const name = nameOf(segment);
      try {
        const file = await readFile(join(folder, branch, name));
        const headEnd = file.indexOf('\n');
        const wrapped = wrappedKeyShape.parse(JSON.parse(file.toString('utf8', 0, headEnd)));
        const key = unwrapDataKey(await options.key(), `${branch}/${name}`, wrapped);
        const chunks: Buffer[] = [];
        for await (const chunk of unseal(key, name, [file.subarray(headEnd + 1)])) chunks.push(chunk);
        return Buffer.concat(chunks);
      } catch (thrown) {
        throw unusable(
          `changes ${branch}/${name} ${isMissing(thrown) ? 'are missing' : `cannot be read: ${reasonOf(thrown)}`}`,
          thrown,
        );
      }
    },

    async remove(branch, segment) {
      await rm(join(folder, branch, nameOf(segment)), { force: true });
      return Number(segment.end - segment.start);
    },
  };
  return log;
}

/** Where what was archived of the branch ends, whether it is still there or not. */
export function endOf({ fork, end, trimmed }: BranchFacts, segments: readonly Segment[]): bigint {
  const all = [BigInt(fork), BigInt(end), BigInt(trimmed), segments.at(-1)?.end ?? 0n];
  return all.reduce((a, b) => (a > b ? a : b));
}

/**
 * Segments that hold `from` to `to`. @throws StepFailure `Pointsman.BackupUnusable` where one is missing
 */
export function covering(branch: string, segments: readonly Segment[], from: bigint, to: bigint): readonly Segment[] {
  const wanted = segments.filter(({ start, end }) => end > from && start < to);
  let reached = from;
  for (const { start, end } of wanted) {
    if (start > reached) break;
    reached = end;
  }
  if (reached >= to) return wanted;
  throw unusable(`changes ${branch} from byte ${reached} on are missing (wanted: ${from} to ${to})`);
}

async function* prefixed(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}
