import { Agent } from 'node:http';
import { describe, expect, it } from 'vitest';
import { countAnswers, fetchText, httpInstance } from '../../../test/support/http-instance.ts';
import { testRouter } from '../../../test/support/local-router.ts';

describe('draining', () => {
  it('finishes what an instance that left the route has begun, and shows when it is done', async () => {
    const reached = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    await using old = await httpInstance((_req, res) => {
      reached.resolve();
      void finish.promise.then(() => res.end('old'));
    });
    await using next = await httpInstance('next');
    await using router = await testRouter();
    await router.route([old.url]);
    const begun = fetchText(router.url);
    await reached.promise;

    await router.route([next.url]);

    expect(await countAnswers(router.url, 10)).toEqual({ next: 10 });
    const inFlightOfOld = ({ upstreams }: { upstreams: readonly { url: string; inFlight: number }[] }) =>
      upstreams.find(({ url }) => url === old.url)?.inFlight;
    await router.counters('old', (counters) => inFlightOfOld(counters) === 1);
    finish.resolve();
    expect((await begun).text).toBe('old');
    await router.counters('old', (counters) => inFlightOfOld(counters) === 0);
  });

  it('loses none of 2,000 requests while the route changes all the time', async () => {
    await using a = await httpInstance('a');
    await using b = await httpInstance('b');
    await using router = await testRouter();
    await router.route([a.url]);
    const agent = new Agent({ keepAlive: true, maxSockets: 10 });
    const progress = { answered: 0 };
    const load = Promise.all(
      Array.from({ length: 10 }, async () => {
        const answers = await countAnswers(router.url, 200, agent);
        progress.answered += 200;
        return answers;
      }),
    );

    let changes = 0;
    while (progress.answered < 2_000) {
      if (changes % 3 === 0) await router.route([a.url], [b.url], 50);
      if (changes % 3 === 1) await router.route([b.url]);
      if (changes % 3 === 2) await router.route([a.url, b.url]);
      changes++;
    }
    const answers = await load;

    expect(changes).toBeGreaterThan(10);
    agent.destroy();
    const counts = answers.flatMap((answer) => Object.entries(answer));
    expect(new Set(counts.map(([who]) => who))).toEqual(new Set(['a', 'b']));
    expect(counts.reduce((sum, [, count]) => sum + count, 0)).toBe(2_000);
    await router.counters('old', ({ errors, inFlight }) => errors === 0 && inFlight === 0);
  });
});
