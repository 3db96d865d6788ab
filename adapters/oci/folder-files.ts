import type { Dirent } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../../functions/step-failure.ts';
import { ignoreRules } from './ignore-rules.ts';
import { linkProblem } from './link-rule.ts';

/**
 * What of a folder goes into an image: paths with `/` between names, the same order for the same files whatever the
 * file system says, a folder before what is in it.
 * @throws StepFailure `Pointsman.BadInput` for a folder that cannot be read, a link that leaves it, a socket, a device
 */
export async function folderFiles(folder: string): Promise<readonly string[]> {
  const ignores = ignoreRules(await readFile(join(folder, '.pointsmanignore'), 'utf8').catch(() => ''));
  const inside = async (parent: string): Promise<string[]> => {
    const entries = await readdir(join(folder, parent), { withFileTypes: true });
    const paths: string[] = [];
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = parent === '' ? entry.name : `${parent}/${entry.name}`;
      if (ignores(path, entry.isDirectory())) continue;
      const problem = await entryProblem(entry, path, join(folder, path));
      if (problem !== undefined)
        throw badFolder(folder, `${path} ${problem}; remove it or name it in .pointsmanignore`);
      paths.push(path, ...(entry.isDirectory() ? await inside(path) : []));
    }
    return paths;
  };
  return inside('').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === undefined) throw thrown;
    const isMissing = thrown.code === 'ENOENT' && thrown.path === join(folder, '');
    throw badFolder(folder, isMissing ? 'there is no such folder' : `cannot be read: ${thrown.message}`);
  });
}

async function entryProblem(entry: Dirent, path: string, absolute: string): Promise<string | undefined> {
  if (entry.isSymbolicLink()) return linkProblem(path, await readlink(absolute));
  return entry.isFile() || entry.isDirectory() ? undefined : 'is neither a file nor a folder nor a link';
}

const badFolder = (folder: string, problem: string) => new StepFailure('Pointsman.BadInput', `${folder}: ${problem}`);
