import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { sqliteExecutionStore } from '../../adapters/local/execution-store/execution-store.ts';

const program = join(import.meta.dirname, '../support/commit-until-killed.ts');

it.each([1, 8])(
  'SQLite has every acknowledged commit of %i executions after SIGKILL, and no gap',
  async (executions) => {
    const folder = await mkdtemp(join(tmpdir(), 'pointsman-kill-'));
    const path = join(folder, 'executions.db');
    const acknowledged = new Map<string, number>();
    const lines = 300 + Math.floor(Math.random() * 300);
    const child = spawn(process.execPath, [program, path, String(executions)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    let count = 0;
    for await (const line of createInterface(child.stdout)) {
      const [name = '', version] = line.split(' ');
      acknowledged.set(name, Number(version));
      if (++count === lines) child.kill('SIGKILL'); // what it had printed until it died is read to the end
    }
    await ended;

    const store = sqliteExecutionStore(path);
    for (const [name, version] of acknowledged) {
      const arn = `arn:aws:states:us-east-1:000000000000:execution:deploy:${name}`;
      const stored = await store.load(arn);
      const { items } = await store.history(arn, { limit: 1_000_000, reverse: false });
      const ids = items.map(({ id }) => id);

      expect(stored?.version, `${name}, killed after ${lines} acknowledgements`).toBeGreaterThanOrEqual(version);
      expect(ids).toEqual(Array.from({ length: 2 * (stored?.version ?? 0) }, (_, i) => i + 1));
      expect(stored?.frames.root).toMatchObject({ index: stored?.version });
    }
    const open: string[] = [];
    for await (const { effect } of store.outbox()) open.push(effect.id);
    const heads = (await store.list({ limit: 100 })).items.map(async ({ arn }) =>
      String((await store.load(arn))?.version),
    );
    expect(open.sort()).toEqual((await Promise.all(heads)).sort());
    store.close();
    await rm(folder, { recursive: true });
  },
);
