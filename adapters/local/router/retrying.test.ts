import { describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.ts';
import { countAnswers, fetchText, httpInstance, nobody } from '../../../test/support/http-instance.ts';
import { testRouter } from '../../../test/support/local-router.ts';

describe('retrying', () => {
  it.each(['GET', 'HEAD', 'OPTIONS'])('tries a %s again on another instance of the arm', async (method) => {
    await using instance = await httpInstance('ok');
    await using router = await testRouter();
    await router.route([await nobody(), instance.url]);

    expect((await fetchText(router.url, { method })).status).toBe(200);

    const counters = await router.counters('old', ({ inFlight }) => inFlight === 0);
    expect(counters).toMatchObject({ requests: 1, errors: 0 });
    expect(counters.upstreams.map(({ requests, errors }) => [requests, errors])).toEqual([
      [1, 0],
      [1, 0],
    ]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])('never tries a %s again', async (method) => {
    let requests = 0;
    await using instance = await httpInstance((_req, res) => {
      requests++;
      res.end('ok');
    });
    await using router = await testRouter();
    await router.route([await nobody(), instance.url]);

    expect((await fetchText(router.url, { method, body: 'once' })).status).toBe(502);

    expect(requests).toBe(0);
    expect(await router.counters('old', ({ inFlight }) => inFlight === 0)).toMatchObject({ requests: 1, errors: 1 });
  });

  it('never tries a GET with a body again', async () => {
    await using instance = await httpInstance('ok');
    await using router = await testRouter();
    await router.route([await nobody(), instance.url]);

    const { status } = await fetchText(router.url, { body: 'body' });

    expect(status).toBe(502);
  });

  it('goes to the other arm when the arm has no instance left', async () => {
    await using instance = await httpInstance('stable');
    await using router = await testRouter();
    await router.route([instance.url], [await nobody(), await nobody()], 50);

    expect(await countAnswers(router.url, 10)).toEqual({ stable: 10 });
  });

  it('does not go to a candidate without a share', async () => {
    await using candidate = await httpInstance('candidate');
    await using router = await testRouter();
    await router.route([await nobody()], [candidate.url], 0);

    expect((await fetchText(router.url)).status).toBe(502);
  });

  it('passes a dead instance over, and comes back to it when it lives again', async () => {
    await using alive = await httpInstance('alive');
    const dead = await nobody();
    await using router = await testRouter({ ejectionSeconds: 0.1 });
    await router.route([dead, alive.url]);
    expect(await countAnswers(router.url, 4)).toEqual({ alive: 4 });

    await using _back = await httpInstance('back', Number(new URL(dead).port));

    await eventually(
      () => fetchText(router.url),
      ({ text }) => text === 'back',
    );
  });

  it('asks only one more instance when an instance broke off after it got the request', async () => {
    let requests = 0;
    const breaksOff = () =>
      httpInstance((req) => {
        requests++;
        req.socket.destroy();
      });
    await using one = await breaksOff();
    await using two = await breaksOff();
    await using three = await breaksOff();
    await using router = await testRouter();
    await router.route([one.url, two.url, three.url]);

    expect((await fetchText(router.url)).status).toBe(502);
    expect(requests).toBe(2);
  });

  it('sends a GET again to the same instance when it was written to a connection just closed', async () => {
    let requests = 0;
    await using instance = await httpInstance((req, res) => {
      if (++requests === 2)
        req.socket.destroy(); // as a server does whose idle time ran out
      else res.end('ok');
    });
    await using router = await testRouter();
    await router.route([instance.url]);

    expect(await countAnswers(router.url, 2)).toEqual({ ok: 2 });
    expect(await router.counters('old', ({ inFlight }) => inFlight === 0)).toMatchObject({ requests: 2, errors: 0 });
  });

  it('does not try again once the answer has begun', async () => {
    let requests = 0;
    await using instance = await httpInstance((_req, res) => {
      requests++;
      res.write('begun', () => res.destroy());
    });
    await using router = await testRouter();
    await router.route([instance.url, instance.url]);

    await expect(fetchText(router.url)).rejects.toThrow();
    expect(requests).toBe(1);
  });
});
