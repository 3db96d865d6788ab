import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder } from './lock-data-folder.ts';

const holder = join(import.meta.dirname, '../../../test/support/hold-data-folder.ts');

describe('lockDataFolder', () => {
  let folder: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pointsman-lock-'));
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map(killed));
    await rm(folder, { recursive: true });
  });

  /** Starts a process that tries to hold the folder, and gives what it said. */
  async function other(): Promise<{ child: ChildProcess; said: string }> {
    const child = spawn(process.execPath, [holder, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    const [text]: Buffer[] = await once(child.stdout, 'data');
    return { child, said: String(text).trim() };
  }

  it('refuses a second claim and names the first one’s pid', async () => {
    const { child, said } = await other();

    expect(said).toBe('held');
    expect(() => lockDataFolder(folder)).toThrow(`${folder} is in use by process ${child.pid} since`);
  });

  it('refuses a second claim of the same process', () => {
    lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(`process ${process.pid}`);
  });

  it('gives the folder to the next after a release', async () => {
    const lock = lockDataFolder(folder);
    lock.release();
    expect((await other()).said).toBe('held');

    lock.release(); // again, and it is not ours any more
    expect(() => lockDataFolder(folder)).toThrow('is in use by process');
  });

  it('takes over from a process that was killed', async () => {
    const { child } = await other();
    await killed(child);
    expect(() => lockDataFolder(folder)).not.toThrow();
  });

  it('takes over when the pid runs again as another process', () => {
    lockDataFolder(folder);
    rewriteClaim(folder, "UPDATE claim SET started = 'boot/1'");
    expect(() => lockDataFolder(folder)).not.toThrow();
  });

  it('lets one of four that race for a dead claim have it', async () => {
    lockDataFolder(folder);
    rewriteClaim(folder, "UPDATE claim SET started = 'boot/1'");
    const answers = await Promise.all([other(), other(), other(), other()]);

    const held = answers.filter(({ said }) => said === 'held');
    expect(held).toHaveLength(1);
    for (const { said } of answers.filter((answer) => !held.includes(answer)))
      expect(said).toContain(`is in use by process ${held[0]?.child.pid} since`);
  });
});

function rewriteClaim(folder: string, statement: string): void {
  const claims = new DatabaseSync(join(folder, 'host.lock'));
  claims.exec(statement);
  claims.close();
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
