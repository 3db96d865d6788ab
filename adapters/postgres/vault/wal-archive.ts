import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip, type ZlibOptions } from 'node:zlib';
import * as z from 'zod/mini';
import { readSegmentName, segmentName } from '../wal/segment-name.ts';
import { segmentFacts, type SegmentFacts } from '../wal/segment-facts.ts';
import { newDataKey, unwrapDataKey, wrappedKeyShape } from '../../shared/vault/data-key.ts';
import { syncFolder, UNFINISHED, writeFileWhole } from '../../shared/vault/durable-files.ts';
import { seal, unseal } from '../../shared/vault/sealed-stream.ts';
import type { SiteKey } from '../../shared/vault/site-key.ts';
import { isMissing, reasonOf, unusable } from '../../shared/vault/unusable.ts';

/** The write-ahead log of one lineage in a site's vault. Every file is compressed and sealed with a key of its own, locked with the site's. */
export interface WalArchive {
  /** Names of what is archived, sorted: segments, history files, others. */
  names(): Promise<readonly string[]>;
  /** What the segment holds, from its label, without the key. @throws StepFailure `Pointsman.BackupUnusable` */
  facts(name: string): Promise<SegmentFacts>;
  /** The file as PostgreSQL wrote it. @throws StepFailure `Pointsman.BackupUnusable` naming it when missing, changed, cut short, or locked with another key */
  read(name: string): Promise<Buffer>;
  /** Whole bytes it takes here; undefined when it is not there. */
  size(name: string): Promise<number | undefined>;
  /** Adds a file. The same again: nothing. @throws Error when another one of that name is there */
  add(name: string, bytes: Buffer): Promise<void>;
  remove(name: string): Promise<void>;
}

const SUFFIX = '.sealed';

export function walArchive(folder: string, lineage: string, siteKey: () => Promise<SiteKey>): WalArchive {
  const pathOf = (name: string) => join(folder, name.slice(0, 8), name + SUFFIX);
  const nameOf = (name: string) => `log ${lineage} ${name}`;

  async function labelOf(name: string): Promise<{ readonly label: Label; readonly text: string }> {
    const file = await open(pathOf(name)).catch((thrown: unknown) => {
      throw unusable(isMissing(thrown) ? `${name} of the archived log is missing` : reasonOf(thrown), thrown);
    });
    try {
      const text = await firstLine(file);
      return { label: labelShape.parse(JSON.parse(Buffer.from(text, 'latin1').toString('utf8'))), text };
    } catch (cause) {
      throw unusable(`${name} of the archived log has a damaged label`, cause);
    } finally {
      await file.close();
    }
  }

  async function read(name: string): Promise<Buffer> {
    const { label, text } = await labelOf(name);
    const key = await siteKey();
    try {
      // The label is part of what the key opens: a changed one opens nothing.
      const dataKey = unwrapDataKey(key, nameOf(name), label.key);
      const sealed = createReadStream(pathOf(name), { start: text.length + 1, highWaterMark: 1_048_576 });
      const packed = Buffer.concat(await Array.fromAsync(unseal(dataKey, `${nameOf(name)} ${text}`, sealed)));
      const bytes = await unzip(packed);
      if (sha256(bytes) !== label.sha256) throw new Error('it differs from its checksum');
      return bytes;
    } catch (thrown) {
      throw unusable(`${name} of the archived log cannot be read: ${reasonOf(thrown)}`, thrown);
    }
  }

  const size = (name: string) =>
    stat(pathOf(name)).then(
      (found) => found.size,
      () => undefined,
    );

  /** The segment before, on the same timeline or on the one it came from, where it can be read. */
  async function before(name: string, segment: Buffer): Promise<Buffer | undefined> {
    const segmentBytes = segment.length;
    const self = readSegmentName(name, segmentBytes);
    for (let timeline = self?.timeline ?? 0; timeline > 0; timeline--) {
      const candidate = segmentName({ timeline, number: (self?.number ?? 1n) - 1n }, segmentBytes);
      if ((await size(candidate)) !== undefined) return read(candidate).catch(() => undefined);
    }
    return undefined;
  }

  return {
    size,
    read,
    async names() {
      const timelines = await readdir(folder).catch(() => []);
      const files = await Promise.all(timelines.map((timeline) => readdir(join(folder, timeline)).catch(() => [])));
      return files
        .flat()
        .filter((file) => file.endsWith(SUFFIX) && !file.startsWith(UNFINISHED))
        .map((file) => file.slice(0, -SUFFIX.length))
        .sort();
    },
    async facts(name) {
      const { facts } = (await labelOf(name)).label;
      if (facts === null) throw unusable(`${name} of the archived log is no segment`);
      return facts;
    },
    async add(name, bytes) {
      if ((await size(name)) !== undefined) {
        if (sha256(await read(name)) === sha256(bytes)) return;
        throw new Error(`another ${name} is archived already, with other contents: two servers write to one archive`);
      }
      const isSegment = /^[0-9A-F]{24}$/.test(name);
      const facts = isSegment ? segmentFacts(bytes, await before(name, bytes)) : null;
      const place = readSegmentName(name, bytes.length)?.number;
      if (facts !== null && place !== BigInt(facts.start) / BigInt(bytes.length))
        throw new Error(`${name} holds another segment, the one at byte ${facts.start} of the log`);
      const { key, wrapped } = newDataKey(await siteKey(), nameOf(name));
      const text = JSON.stringify({ format: 1, sha256: sha256(bytes), key: wrapped, facts } satisfies Label);
      const label = Buffer.from(text).toString('latin1'); // as bytes, whatever the names of restore points hold
      const sealed = seal(key, `${nameOf(name)} ${label}`, [await zip(bytes)]);
      await writeFileWhole(pathOf(name), prefixed(Buffer.from(`${text}\n`), sealed));
    },
    async remove(name) {
      await rm(pathOf(name), { force: true });
      await syncFolder(join(folder, name.slice(0, 8))).catch(() => undefined);
    },
  };
}

/** The end of a switched segment is zeros, which need not take place. */
const zip = (bytes: Buffer): Promise<Buffer> => promisify<Buffer, ZlibOptions, Buffer>(gzip)(bytes, { level: 1 });
const unzip = (bytes: Buffer): Promise<Buffer> => promisify<Buffer, Buffer>(gunzip)(bytes);

type Label = z.infer<typeof labelShape>;

const labelShape = z.object({
  format: z.literal(1),
  /** Of the file as PostgreSQL wrote it. */
  sha256: z.string(),
  key: wrappedKeyShape,
  facts: z.nullable(
    z.object({
      segmentBytes: z.number(),
      lineage: z.string(),
      start: z.string(),
      end: z.string(),
      commits: z.number(),
      newestMicros: z.nullable(z.string()),
      points: z.readonly(z.array(z.object({ name: z.string(), offset: z.string(), atMicros: z.string() }))),
    }),
  ),
});

/** Labels have a kilobyte; many restore points in one segment make more. */
async function firstLine(file: FileHandle): Promise<string> {
  for (let size = 4096; size <= 1_048_576; size *= 16) {
    const head = Buffer.alloc(size);
    const { bytesRead } = await file.read(head, 0, size, 0);
    const end = head.indexOf(10);
    if (end >= 0 && end < bytesRead) return head.toString('latin1', 0, end);
  }
  throw new Error('it has no label');
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function* prefixed(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}
