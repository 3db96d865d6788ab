import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endLeftovers } from './leftovers.ts';

describe.runIf(process.platform === 'linux')('endLeftovers', () => {
  let data: string;
  let child: ChildProcess;

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'pointsman-leftovers-'));
    await mkdir(join(data, 'target', 'shop'), { recursive: true });
    child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    await once(child, 'spawn');
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await rm(data, { recursive: true });
  });

  const startTime = async () => {
    const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  };
  const write = (record: object) =>
    writeFile(join(data, 'target', 'shop', 'instances.json'), JSON.stringify({ instances: [record] }));

  it.each([
    ["in the system's words", (ticks: string) => ({ startTime: ticks })],
    ['in clock ticks', (ticks: string) => ({ startTicks: Number(ticks) })],
  ])('ends a process that a record names by pid and start %s', async (_, start) => {
    await write({ phase: 'running', process: { pid: child.pid, ...start(await startTime()) } });
    const ended = once(child, 'exit');

    await endLeftovers(data);

    expect(await ended).toEqual([null, 'SIGTERM']);
  });

  it('leaves alone a process that only has the pid of one that is gone', async () => {
    await write({ pid: child.pid, startTime: '1' });

    await endLeftovers(data);

    expect(process.kill(child.pid ?? 0, 0)).toBe(true);
  });

  it('has nothing to do for a folder that is not there', async () => {
    await expect(endLeftovers(join(data, 'nothing'))).resolves.toBeUndefined();
  });
});
