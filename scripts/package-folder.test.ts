import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const commands = ['package-azure.ts', 'package-gcp.mjs'];

describe.each(commands)('%s', (command) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pointsman-packages-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (...given: readonly string[]) => {
    const options = { cwd: folder, encoding: 'utf8' } as const;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, command), ...given],
      options,
    );
    return { status, stdout, stderr };
  };

  it('leaves a folder alone that it did not make', () => {
    const mine = join(folder, 'mine');
    mkdirSync(mine);
    writeFileSync(join(mine, 'thesis.txt'), 'years of work');
    writeFileSync(join(mine, 'package.json'), '{ "name": "thesis" }');

    expect(run('--out', 'mine')).toEqual({
      status: 2,
      stdout: '',
      stderr: `${mine} holds what this command did not make, and is left as it is: name another folder\n`,
    });
    expect(readdirSync(mine)).toContain('thesis.txt');
  });

  it('writes again into a folder that it made', () => {
    expect(run('--out', 'made').status).toBe(0);
    writeFileSync(join(folder, 'made/old.js'), '');
    expect(run('--out', 'made').status).toBe(0);
    expect(readdirSync(join(folder, 'made'))).not.toContain('old.js');
  });

  it.each([['made-by-mistake'], ['--nothing'], ['--config', 'none.yaml']])(
    'ends with a sentence when it is given %s',
    (...given) => {
      const { status, stderr } = run(...given);

      expect(status).toBe(2);
      expect(stderr).not.toContain('    at ');
      expect(readdirSync(folder)).not.toContain(given[0]);
    },
  );

  it('says how it is used', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('--out FOLDER') });
  });
});
