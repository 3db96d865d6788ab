import { createServer, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { Notice } from '../../functions/ports/notifier.ts';
import { combinedNotifier, logNotifier, secretReference, webhookNotifier } from './index.ts';
import { webhookSignature } from './webhook-signature.ts';

const notice: Notice = {
  key: 'arn/ended',
  severity: 'warning',
  service: 'shop',
  title: 'shop: shop:2 is taken-back',
  text: 'it fails more than stable',
  execution: 'arn',
};
const clock = { now: () => 1_700_000_000_123 };
const closers: (() => void)[] = [];
afterEach(() => closers.splice(0).forEach((close) => close()));

/** A receiver that answers with `status`, or never for 0. */
async function receiver(status: number) {
  const received: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      received.push({ headers: request.headers, body: chunks.join('') });
      if (status !== 0) response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { received, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/hook` };
}

describe('webhookNotifier', () => {
  it('posts the notice as JSON, with an id that is the same for every repetition', async () => {
    const { received, url } = await receiver(204);
    await webhookNotifier({ url, clock }).send(notice);

    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      type: 'pointsman.notice',
      timestamp: '2023-11-14T22:13:20.123Z',
      data: notice,
    });
    expect(received[0]?.headers).toMatchObject({
      'webhook-id': 'arn/ended',
      'idempotency-key': 'arn/ended',
      'webhook-timestamp': '1700000000',
    });
    expect(received[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  it('signs what it posts when it has a secret', async () => {
    const { received, url } = await receiver(200);
    const secret = secretReference('env:HOOK_KEY', { HOOK_KEY: 'whsec_c2VjcmV0' });
    await webhookNotifier({ url, clock, secret }).send(notice);

    const { headers, body } = received[0] ?? { headers: {}, body: '' };
    expect(headers['webhook-signature']).toBe(webhookSignature('secret', 'arn/ended', 1_700_000_000, body));
  });

  it.each([302, 400, 503])('counts an answer of %i as not taken', async (status) => {
    const { url } = await receiver(status);

    await expect(webhookNotifier({ url, clock }).send(notice)).rejects.toMatchObject({
      name: 'Pointsman.NotifyFailed',
      message: expect.stringMatching(new RegExp(`^127.0.0.1:\\d+ answered ${status}, only 2xx counts as taken$`)),
    });
  });

  it('gives up on a receiver that does not answer in time', async () => {
    const { url } = await receiver(0);

    await expect(webhookNotifier({ url, clock, timeoutSeconds: 0.02 }).send(notice)).rejects.toThrow('did not answer');
  });
});

describe('webhookSignature', () => {
  it('agrees with the example of the specification', () => {
    const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';

    expect(webhookSignature('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', id, 1_614_265_330, '{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });
});

describe('logNotifier', () => {
  it('logs at the level of the severity', async () => {
    const lines: unknown[] = [];
    const log = { info: () => undefined, error: () => undefined, warn: (...line: unknown[]) => void lines.push(line) };
    await logNotifier(log).send(notice);

    expect(lines).toEqual([[{ notice: expect.objectContaining({ service: 'shop', key: 'arn/ended' }) }, notice.title]]);
  });
});

describe('combinedNotifier', () => {
  it('tells every channel, and names those that did not take it', async () => {
    const told: string[] = [];
    const works = { send: async ({ key }: Notice) => void told.push(key) };
    const fails = { send: async () => Promise.reject(new Error('503')) };

    await expect(combinedNotifier({ pager: fails, log: works }).send(notice)).rejects.toMatchObject({
      name: 'Pointsman.NotifyFailed',
      message: '"shop: shop:2 is taken-back" did not reach pager: 503',
    });
    expect(told).toEqual(['arn/ended']);
  });
});

describe('secretReference', () => {
  it('never says what a reference holds, only that it holds nothing', async () => {
    await expect(secretReference('env:HOOK_KEY', {})()).rejects.toThrow('env:HOOK_KEY holds no secret');
  });
});
