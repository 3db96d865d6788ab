import { describe, expect, it } from 'vitest';
import { judgeCanary, type JudgeCanaryInput, type JudgeCanaryOutput } from '../../functions/judge-canary/handler.ts';
import type { ReleaseCounters } from '../../functions/ports/traffic-router.ts';
import { countAnswers, fetchText, httpInstance } from '../support/http-instance.ts';
import { idleCall } from '../support/idle-call.ts';
import { testRouter, type TestRouter } from '../support/local-router.ts';

const input: JudgeCanaryInput = { service: 'web', candidate: 'new', stable: 'old', percent: 20, memory: null };
const ended = ({ inFlight }: ReleaseCounters) => inFlight === 0;

describe('a release that never answers, behind the router', () => {
  it('is judged bad once its clients have given up, though none of its requests failed', async () => {
    await using stable = await httpInstance('stable');
    await using hanging = await httpInstance(() => {});
    await using router = await testRouter();
    await router.route([stable.url], [hanging.url], 20);
    const first = await look(router, null);

    await send(router, 150, () => AbortSignal.timeout(1000));
    const counters = await router.counters('new', ended);
    const second = await look(router, first.memory);

    expect(counters).toMatchObject({ requests: 30, errors: 0, abandoned: 30 });
    expect(second).toMatchObject({
      verdict: 'bad',
      reason: "clients gave up on 30 of 30 requests, of stable's 0 of 120",
    });
  });

  it('is judged bad while its clients still wait, when it is known what stable takes', async () => {
    await using stable = await httpInstance('stable');
    await using hanging = await httpInstance(() => {});
    await using router = await testRouter();
    await router.route([stable.url]);
    await countAnswers(router.url, 200);
    await router.counters('old', ended);
    await router.route([stable.url], [hanging.url], 20);
    const first = await look(router, null);

    const leaving = new AbortController();
    const sent = send(router, 150, () => leaving.signal);
    await router.counters('old', ({ requests, inFlight }) => requests === 320 && inFlight === 0);
    await router.counters('new', (counters) => slowlyWaiting(counters, first.memory.slowAboveMs) === 30);
    const second = await look(router, first.memory);

    expect(second).toMatchObject({
      verdict: 'bad',
      reason: expect.stringMatching(/^it is slower than stable: 100 % \(30 of 30\) slow or unanswered, of stable's /),
    });
    leaving.abort();
    await sent;
  });
});

/** The judge's look at the router's counters as they are now. */
const look = ({ router }: TestRouter, memory: JudgeCanaryOutput['memory'] | null): Promise<JudgeCanaryOutput> =>
  judgeCanary.run({ ...input, memory }, { router, clock: { now: () => Date.now() } }, idleCall);

/** Sends GETs all at once; each client leaves when its signal says so. Resolves when all have an answer or have left. */
async function send({ url }: TestRouter, count: number, signal: () => AbortSignal): Promise<void> {
  await Promise.allSettled(Array.from({ length: count }, () => fetchText(url, { signal: signal() })));
}

const slowlyWaiting = ({ latency: { boundsMs, waiting } }: ReleaseCounters, slowAboveMs: number | null): number =>
  waiting.reduce((sum, count, i) => sum + ((boundsMs[i] ?? Infinity) > (slowAboveMs ?? Infinity) ? count : 0), 0);
