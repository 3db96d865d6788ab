import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);

/** Stands in for npm: notes each call and leaves a node_modules with a Node in it. */
const fakeNpm = `
const { appendFileSync, mkdirSync, writeFileSync } = require('node:fs');
appendFileSync('npm-calls', process.argv[2] + '\\n');
mkdirSync('node_modules/.bin', { recursive: true });
writeFileSync('node_modules/.bin/node', '');
`;

describe('setup.mjs', () => {
  let clone: string;
  const setup = () =>
    run(process.execPath, ['scripts/setup.mjs'], {
      cwd: clone,
      env: { ...process.env, npm_execpath: join(clone, 'npm-cli.js') },
    });
  const npmCalls = () => readFile(join(clone, 'npm-calls'), 'utf8');

  beforeEach(async () => {
    clone = await mkdtemp(join(tmpdir(), 'pointsman-setup-'));
    await mkdir(join(clone, 'scripts'));
    for (const file of ['setup.mjs', 'setup-plan.mjs'])
      await cp(join(import.meta.dirname, file), join(clone, 'scripts', file));
    await writeFile(join(clone, 'package-lock.json'), '{}');
    await writeFile(join(clone, 'npm-cli.js'), fakeNpm);
  });
  afterEach(() => rm(clone, { recursive: true }));

  it('installs once when several commands start at the same time', async () => {
    await Promise.all([setup(), setup(), setup()]);

    expect(await npmCalls()).toBe('ci\n');
  });

  it('installs again only when package-lock.json changed', async () => {
    await setup();
    await setup();
    await writeFile(join(clone, 'package-lock.json'), '{ "lockfileVersion": 3 }');
    await setup();

    expect(await npmCalls()).toBe('ci\nci\n');
  });

  it('leaves a .pointsman that only its owner can read', async () => {
    await setup();

    expect(((await stat(join(clone, '.pointsman'))).mode & 0o777).toString(8)).toBe('700');
  });

  it('takes over from an installer that died', async () => {
    const gone = run(process.execPath, ['--eval', '']);
    await gone;
    await mkdir(join(clone, '.pointsman'));
    await symlink(String(gone.child.pid), join(clone, '.pointsman', 'setup.lock'));

    await setup();

    expect(await npmCalls()).toBe('ci\n');
  });

  it('ends with the exit code of npm ci when that fails, and tries again next time', async () => {
    await writeFile(join(clone, 'npm-cli.js'), 'process.exit(7)');
    await expect(setup()).rejects.toMatchObject({
      code: 7,
      stderr: expect.stringContaining('npm ci did not finish (exit code 7)'),
    });

    await writeFile(join(clone, 'npm-cli.js'), fakeNpm);
    await setup();

    expect(await npmCalls()).toBe('ci\n');
  });
});
