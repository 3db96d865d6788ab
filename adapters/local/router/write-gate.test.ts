import { describe, expect, it } from 'vitest';
import { fetchText, httpInstance } from '../../../test/support/http-instance.ts';
import { testRouter } from '../../../test/support/local-router.ts';
import { writeGate } from './write-gate.ts';

describe('writeGate', () => {
  it('refuses a request that waited longer than its patience', async () => {
    const gate = writeGate(10);
    await gate.hold(0);
    const refused = Promise.withResolvers<string>();
    gate.enter(
      () => refused.resolve('passed'),
      () => refused.resolve('refused'),
    );

    expect(await refused.promise).toBe('refused');
  });

  it('tells how many have not ended in time', async () => {
    const gate = writeGate();
    for (let i = 0; i < 2; i++)
      gate.enter(
        () => {},
        () => {},
      );
    gate.leave();

    expect(await gate.hold(1)).toBe(1);
  });
});

describe('a service whose writes are held', () => {
  it('answers what only reads, and what may write when it opens', async () => {
    await using instance = await httpInstance((req, res) => res.end(req.method));
    await using router = await testRouter();
    await router.route([instance.url]);
    const gate = router.router.gate('web');
    await gate?.hold(1_000);
    const written = fetch(router.url, { method: 'POST', body: 'order' });

    expect((await fetchText(router.url)).text).toBe('GET');
    gate?.open();
    expect(await (await written).text()).toBe('POST');
    expect(await gate?.hold(1_000)).toBe(0);
  });
});
