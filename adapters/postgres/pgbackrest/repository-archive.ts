import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileWhole } from '../../shared/vault/durable-files.ts';
import { reasonOf, unusable } from '../../shared/vault/unusable.ts';
import { giveTo } from '../server/server-user.ts';
import type { WalArchive } from '../vault/wal-archive.ts';
import { readSegmentName, segmentName } from '../wal/segment-name.ts';
import { type SegmentFacts, segmentFacts } from '../wal/segment-facts.ts';
import type { Repository } from './repository.ts';
import { unpacked } from './unpacked.ts';

/** The log in a repository, and what is known of each file of it. */
export interface RepositoryArchive extends WalArchive {
  /** Notes what the files hold that came since: a plan reads notes, a restore every file. Gives what could not be read, in words. */
  index(): Promise<readonly string[]>;
}

/** A file as pgBackRest stores it: a segment's name carries its SHA-1, a history's nothing. */
interface StoredFile {
  readonly name: string;
  readonly sha1: string | undefined;
  /** From the repository's folder. */
  readonly path: string;
}

interface Note {
  /** As PostgreSQL wrote it. */
  readonly sha256: string;
  /** Null of what is no segment. */
  readonly facts: SegmentFacts | null;
}

/**
 * @param notes folder of what was found in the files, in the clear, as labels are
 * @param cluster gives a folder with the `pg_control` of the cluster, which pgBackRest asks for when a file is added
 */
export function repositoryArchive(repo: Repository, notes: string, cluster: () => Promise<string>): RepositoryArchive {
  const root = join('archive', repo.stanza);
  const known = new Map<string, Note>();

  async function filesIn(path: string): Promise<readonly string[]> {
    return readdir(join(repo.folder, path)).catch(() => []);
  }

  async function stored(): Promise<readonly StoredFile[]> {
    const files: StoredFile[] = [];
    for (const id of (await filesIn(root)).filter((name) => /^\d[\d.]*-\d+$/.test(name)))
      for (const entry of await filesIn(join(root, id)))
        if (/^[0-9A-F]{16}$/.test(entry))
          for (const file of await filesIn(join(root, id, entry))) files.push(...fileAt(join(root, id, entry, file)));
        else files.push(...fileAt(join(root, id, entry)));
    return files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  async function find(name: string): Promise<StoredFile | undefined> {
    const [id] = (await filesIn(root)).filter((each) => /^\d[\d.]*-\d+$/.test(each)).toReversed();
    if (id === undefined) return undefined;
    const folder = /^[0-9A-F]{24}/.test(name) ? join(root, id, name.slice(0, 16)) : join(root, id);
    return (await filesIn(folder)).flatMap((file) => fileAt(join(folder, file))).find((each) => each.name === name);
  }

  const there = async (name: string): Promise<StoredFile> => {
    const found = await find(name);
    if (found === undefined) throw unusable(`${name} of the archived log is missing`);
    return found;
  };

  async function bytesOf(file: StoredFile): Promise<Buffer> {
    try {
      const bytes = await unpacked(file.path, await repo.run('repo-get', [file.path]));
      const noted = file.sha1 === undefined ? (await noteOf(file))?.sha256 : undefined;
      if (file.sha1 !== undefined && hash('sha1', bytes) !== file.sha1) throw new Error('it differs from its checksum');
      if (noted !== undefined && hash('sha256', bytes) !== noted) throw new Error('it differs from what was archived');
      return bytes;
    } catch (thrown) {
      throw unusable(`${file.name} of the archived log cannot be read: ${reasonOf(thrown)}`, thrown);
    }
  }

  const notePath = ({ name, sha1 }: StoredFile) => join(notes, `${name}${sha1 === undefined ? '' : `-${sha1}`}.json`);

  async function noteOf(file: StoredFile): Promise<Note | undefined> {
    const path = notePath(file);
    const note = known.get(path) ?? (await readNote(path));
    if (note !== undefined) known.set(path, note);
    return note;
  }

  /** The segment before, on the same timeline or on the one it came from, where it can be read. */
  async function before(name: string, segmentBytes: number): Promise<Buffer | undefined> {
    const self = readSegmentName(name, segmentBytes);
    for (let timeline = self?.timeline ?? 0; timeline > 0; timeline--) {
      const found = await find(segmentName({ timeline, number: (self?.number ?? 1n) - 1n }, segmentBytes));
      if (found !== undefined) return bytesOf(found).catch(() => undefined);
    }
    return undefined;
  }

  async function note(file: StoredFile): Promise<Note> {
    const noted = await noteOf(file);
    if (noted !== undefined) return noted;
    const bytes = await bytesOf(file);
    const isSegment = /^[0-9A-F]{24}$/.test(file.name);
    const facts = isSegment ? segmentFacts(bytes, await before(file.name, bytes.length)) : null;
    const made: Note = { sha256: hash('sha256', bytes), facts };
    await writeFileWhole(notePath(file), [Buffer.from(`${JSON.stringify(made)}\n`)]);
    known.set(notePath(file), made);
    return made;
  }

  const archive: RepositoryArchive = {
    names: async () => (await stored()).map(({ name }) => name),
    read: async (name) => bytesOf(await there(name)),

    async facts(name) {
      const { facts } = await note(await there(name));
      if (facts === null) throw unusable(`${name} of the archived log is no segment`);
      return facts;
    },

    async size(name) {
      const found = await find(name);
      return found && (await stat(join(repo.folder, found.path))).size;
    },

    async add(name, bytes) {
      if ((await find(name)) !== undefined) {
        if ((await archive.read(name)).equals(bytes)) return;
        throw new Error(`another ${name} is archived already, with other contents: two servers write to one archive`);
      }
      await mkdir(repo.drafts, { recursive: true, mode: 0o700 });
      const place = await mkdtemp(join(repo.drafts, 'log-'));
      try {
        await writeFile(join(place, name), bytes, { mode: 0o600 });
        await giveTo(await repo.user(), place);
        await repo.run('archive-push', [`--pg1-path=${await cluster()}`, join(place, name)]);
      } finally {
        await rm(place, { recursive: true, force: true });
      }
    },

    async remove(name) {
      const found = await find(name);
      if (found === undefined) return;
      await rm(join(repo.folder, found.path), { force: true });
      await rm(notePath(found), { force: true });
      known.delete(notePath(found));
    },

    async index() {
      const problems: string[] = [];
      for (const file of await stored())
        if (!known.has(notePath(file)))
          await note(file).catch((thrown: unknown) => void problems.push(reasonOf(thrown)));
      return problems;
    },
  };
  return archive;
}

/** One that is damaged is made anew. */
async function readNote(path: string): Promise<Note | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Note;
  } catch {
    return undefined;
  }
}

function fileAt(path: string): readonly StoredFile[] {
  const file = path.slice(path.lastIndexOf('/') + 1);
  const segment = /^([0-9A-F]{24}(?:\.partial)?)-([0-9a-f]{40})(?:\.\w+)?$/.exec(file);
  if (segment !== null) return [{ name: segment[1] ?? '', sha1: segment[2], path }];
  const isOther = /^([0-9A-F]{8}\.history|[0-9A-F]{24}\.[0-9A-F]{8}\.backup)$/.test(file);
  return isOther ? [{ name: file, sha1: undefined, path }] : [];
}

const hash = (algorithm: string, bytes: Buffer): string => createHash(algorithm).update(bytes).digest('hex');
