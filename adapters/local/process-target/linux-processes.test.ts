import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { bootId, isAlive, processEntry, processesWith, signalGroup } from './linux-processes.ts';

async function child(env: Record<string, string> = {}, program = process.execPath): Promise<number> {
  const started = spawn(program, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore', env });
  onTestFinished(() => void started.kill('SIGKILL'));
  await once(started, 'spawn');
  if (started.pid === undefined) throw new Error('the child did not start');
  return started.pid;
}

const ticks = (pid: number) => processEntry(pid)?.startTicks ?? -1;

describe('processEntry', () => {
  it('reads a process whose name looks like the fields behind it', async () => {
    const program = join(await temporaryFolder(), 'a) Z (b');
    await symlink(process.execPath, program);
    const pid = await child({}, program);

    expect(processEntry(pid)).toMatchObject({ pid, session: pid, zombie: false });
    expect(ticks(pid)).toBeGreaterThan(ticks(1));
  });

  it('knows nothing of a process that is not there', () => {
    expect(processEntry(2 ** 22 + 1)).toBeUndefined();
  });
});

describe('isAlive', () => {
  it('is true of the same process only', async () => {
    const pid = await child();
    const identity = { pid, startTicks: ticks(pid), bootId: bootId() };

    expect(isAlive(identity)).toBe(true);
    expect(isAlive({ ...identity, startTicks: identity.startTicks - 1 })).toBe(false);
    expect(isAlive({ ...identity, bootId: 'another' })).toBe(false);
  });
});

describe('signalGroup', () => {
  it('leaves a later process with the same pid alone', async () => {
    const pid = await child();

    signalGroup({ pid, startTicks: ticks(pid) - 1, bootId: bootId() }, 'SIGKILL');

    expect(isAlive({ pid, startTicks: ticks(pid), bootId: bootId() })).toBe(true);
  });
});

describe('processesWith', () => {
  it('finds processes by all of the variables they were started with', async () => {
    const mark = `mark-${process.pid}`;
    const pid = await child({ MARK: mark, SIDE: 'left' });

    expect((await processesWith({ MARK: mark, SIDE: 'left' })).map((found) => found.pid)).toEqual([pid]);
    expect(await processesWith({ MARK: mark, SIDE: 'right' })).toEqual([]);
  });
});
