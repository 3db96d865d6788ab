import { expect, it } from 'vitest';
import { fakeIo } from '../testing/fake-io.ts';
import { sender, ServerUnreachable } from './http.ts';

const endpoint = 'http://127.0.0.1:7400';
const send = (fetch?: () => Response) =>
  sender(endpoint, fakeIo(fetch === undefined ? {} : { fetch }), () => undefined)('/', { method: 'GET', headers: {} });

it('takes a host that is still starting for one that does not answer', async () => {
  const failure = await send(() => new Response('the host is starting\n', { status: 503 })).catch((thrown) => thrown);

  expect(failure).toBeInstanceOf(ServerUnreachable);
  expect(failure).toMatchObject({ exitCode: 1, help: { details: ['it answered 503: the host is starting'] } });
});

it('says why nothing answered', async () => {
  await expect(send()).rejects.toMatchObject({ help: { details: ['connect ECONNREFUSED 127.0.0.1:7400'] } });
});

it('gives any other answer as it is, JSON or not', async () => {
  expect(await send(() => Response.json({ a: 1 }, { status: 418 }))).toMatchObject({ status: 418, body: { a: 1 } });
  const page = `<html>${'x'.repeat(600)}`;
  const answer = { status: 200, body: undefined, text: page.slice(0, 500), whole: page };
  expect(await send(() => new Response(page))).toEqual(answer);
});
