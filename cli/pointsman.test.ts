import { execFile, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { history } from './testing/fake-history.ts';

const entry = join(import.meta.dirname, 'pointsman.ts');
const arn = 'arn:aws:states:us-east-1:000000000000:execution:deploy:d1';

const run = (argv: readonly string[], env: Record<string, string> = {}) =>
  new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      [entry, ...argv],
      { env: { PATH: process.env['PATH'], ...env } },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

/** A host whose execution has a long history and never ends. */
async function withHost(test: (endpoint: string) => Promise<void>): Promise<void> {
  const events = history(
    ...Array.from({ length: 5000 }, (_, i) => [i, 'PassStateEntered', { name: `State ${i}`, input: '{}' }] as const),
  );
  const body = JSON.stringify({ events: events.map((event) => ({ ...event, timestamp: event.timestamp / 1000 })) });
  const server = createServer((request, response) => {
    const isHistory = request.headers['x-amz-target'] === 'AWSStepFunctions.GetExecutionHistory';
    request.resume().on('end', () => response.end(isHistory ? body : '{}'));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await test(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe('the pointsman program', () => {
  it('prints help with examples, without colours when nobody sees them', async () => {
    const { code, stdout, stderr } = await run(['execution', 'watch', '--help']);

    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Examples:\n  $ pointsman execution watch shop-8d21\n');
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/\u001b/);
  });

  it('colours errors when forced to', async () => {
    expect((await run(['exection'], { FORCE_COLOR: '1' })).stderr).toContain('\u001b[31mError:\u001b[39m');
  });

  it('ends quietly when whoever read its answer went away', async () => {
    await withHost(async (endpoint) => {
      const child = spawn(process.execPath, [
        entry,
        'execution',
        'history',
        arn,
        '-o',
        'jsonl',
        '--endpoint',
        endpoint,
      ]);
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      await once(child.stdout, 'data');
      child.stdout.destroy();
      const [code] = await once(child, 'close');

      expect([code, stderr]).toEqual([0, '']);
    });
  });

  it('detaches from a watch on Ctrl-C with 130, and on SIGTERM with 143', async () => {
    await withHost(async (endpoint) => {
      for (const [signal, expected] of [
        ['SIGINT', 130],
        ['SIGTERM', 143],
      ] as const) {
        const child = spawn(process.execPath, [entry, 'execution', 'watch', arn, '--endpoint', endpoint]);
        onTestFinished(() => void child.kill('SIGKILL'));
        let stderr = '';
        child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
        const ended = once(child, 'close');
        await once(child.stderr, 'data');
        child.kill(signal);

        expect((await ended)[0]).toBe(expected);
        expect(stderr).toContain(`To watch it again: pointsman execution watch ${arn}`);
      }
    });
  });
});
