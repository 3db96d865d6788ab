import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { endLeftovers } from './leftovers.ts';

const data = '/nowhere/demo/data';

describe.runIf(process.platform === 'linux')('endLeftovers', () => {
  let child: ChildProcess | undefined;
  const start = async (args: string[], env: Record<string, string>, cwd = tmpdir()) => {
    child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)', ...args], { env, cwd, stdio: 'ignore' });
    await once(child, 'spawn');
    return child;
  };
  afterEach(() => child?.kill('SIGKILL'));

  it.each([
    ['has the data folder as an argument', ['--', '--data', data], {}],
    ['is an instance of its target', [], { POINTSMAN_TARGET: `${data}/target` }],
  ])('ends a process that %s', async (_, args, env) => {
    const ended = once(await start(args, env), 'exit');

    await endLeftovers(data);

    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  it('ends a server that works below the groups of the data folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pointsman-leftovers-'));
    const site = join(folder, 'groups', 'shop', 'north');
    await mkdir(site, { recursive: true });
    try {
      const ended = once(await start([], {}, site), 'exit');

      await endLeftovers(folder);

      expect(await ended).toEqual([null, 'SIGTERM']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('leaves alone what works for another folder', async () => {
    const other = await start(['--', `${data}-2`, `${data}/registry`], { POINTSMAN_TARGET: `${data}-2/target` });

    await endLeftovers(data);

    expect([other.exitCode, other.signalCode]).toEqual([null, null]);
  });
});
