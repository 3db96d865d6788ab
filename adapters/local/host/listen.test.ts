import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listen } from './listen.ts';

/** What a POST with this Host header is answered; `fetch` of Node sends its own. */
const post = (port: number, host: string, body: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method: 'POST', headers: { host } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
    sent.on('error', reject);
    sent.end(body);
  });

describe('listen', () => {
  it.each(['127.0.0.1', 'sync-127.0.0.1', 'sync-localhost'])('answers requests to the host %s', async (host) => {
    const { url, close } = await listen(async (asked) => new Response(await asked.text()), '127.0.0.1', 0);
    const port = Number(new URL(url).port);

    expect(await post(port, `${host}:${port}`, 'hello')).toBe('hello');
    await close();
  });
});
