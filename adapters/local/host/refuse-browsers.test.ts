import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { refuseBrowsers } from './refuse-browsers.ts';

const app = new Hono().use(refuseBrowsers).all('/', (c) => c.text('done'));
const status = async (headers: Record<string, string>, method = 'POST') =>
  (
    await app.request('/', {
      method,
      headers: { host: '127.0.0.1:7400', 'content-type': 'application/json', ...headers },
    })
  ).status;

describe('refuseBrowsers', () => {
  it.each(['127.0.0.1:7400', 'localhost:7400', 'localhost', '[::1]:7400'])('answers to %s', async (host) => {
    expect(await status({ host })).toBe(200);
  });

  it.each(['evil.example', '127.0.0.1.evil.example:7400', 'localhost.evil.example'])(
    'does not answer to %s',
    async (host) => {
      expect(await status({ host }, 'GET')).toBe(403);
    },
  );

  it('takes nothing from a web page, whatever its origin', async () => {
    expect(await status({ origin: 'http://evil.example' })).toBe(403);
    expect(await status({ origin: 'null' })).toBe(403);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'takes no POST of a form’s type %j',
    async (type) => {
      expect(await status({ 'content-type': type })).toBe(415);
    },
  );

  it.each([
    'application/json; charset=utf-8',
    'application/x-amz-json-1.0',
    'application/vnd.docker.distribution.events.v2+json',
  ])('takes %s', async (type) => {
    expect(await status({ 'content-type': type })).toBe(200);
  });
});
