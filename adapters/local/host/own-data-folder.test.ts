import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { ownDataFolder } from './own-data-folder.ts';

const modeOf = async (folder: string) => ((await stat(folder)).mode & 0o777).toString(8);

const own = async (folder: string) => {
  const warnings: unknown[] = [];
  await ownDataFolder(folder, { warn: (...said: readonly unknown[]) => void warnings.push(said) });
  return warnings;
};

describe('ownDataFolder', () => {
  it('makes a folder that only its owner can read', async () => {
    const folder = join(await temporaryFolder(), 'data');

    expect(await own(folder)).toEqual([]);
    expect(await modeOf(folder)).toBe('700');
  });

  it('closes a folder that others could read, and warns', async () => {
    const folder = join(await temporaryFolder(), 'data');
    await mkdir(folder);
    await chmod(folder, 0o755);

    expect(await own(folder)).toEqual([
      [{ folder, mode: '755' }, 'other users could read the data folder; it is closed to them now'],
    ]);
    expect(await modeOf(folder)).toBe('700');
  });

  it('says nothing of a folder that is closed already', async () => {
    const folder = await temporaryFolder();

    expect(await own(folder)).toEqual([]);
  });
});
