import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Arm, ReleaseCounters, RouteChange, TrafficRouter } from '../../functions/ports/traffic-router.ts';
import { eventually } from '../support/eventually.ts';
import { countAnswers, fetchText, httpInstance, nobody } from '../support/http-instance.ts';

/** A router under test. */
interface TrafficRouterSubject {
  readonly router: TrafficRouter;
  /** From now on nobody can reach the router. */
  readonly makeUnreachable: () => void | Promise<void>;
  /** Where clients reach a service that has a route. Missing on a router without a data path. */
  readonly publicUrl?: (service: string) => Promise<string>;
}

interface TrafficRouterContract<S extends TrafficRouterSubject> {
  readonly name: string;
  readonly setup: () => Promise<S>;
  readonly teardown: (subject: S) => Promise<void>;
  /** Why the sentences about requests are skipped; they run when it is missing. */
  readonly withoutTraffic?: string;
}

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const [one, two] = [digest('1'), digest('2')];
const stable: Arm = { release: one, upstreams: ['http://127.0.0.1:1'] };
const candidate: Arm = { release: two, upstreams: ['http://127.0.0.1:2', 'http://127.0.0.1:3'] };
const onlyStable: RouteChange = { stable, candidate: undefined, candidatePercent: 0 };
const tenPercent: RouteChange = { stable, candidate, candidatePercent: 10 };

/** What `TrafficRouter` promises, sentence by sentence. Every implementation runs it. */
export function trafficRouterContract<S extends TrafficRouterSubject>(contract: TrafficRouterContract<S>): void {
  describe(`${contract.name} as TrafficRouter`, () => {
    let subject: S;
    let router: TrafficRouter;
    let services = 0;
    const newService = () => `service-${++services}`;
    beforeAll(async () => {
      subject = await contract.setup();
      router = subject.router;
    });
    afterAll(() => contract.teardown(subject));

    it('observes version 0, epoch 0 and no arm for a service never routed', async () => {
      const service = newService();

      expect(await router.observe(service)).toEqual({
        service,
        version: 0,
        epoch: 0,
        stable: undefined,
        candidate: undefined,
        candidatePercent: 0,
      });
    });

    it('resolves a change to the route it made, and observes the same', async () => {
      const service = newService();

      const changed = await router.change(service, 0, 7, tenPercent);

      expect(changed).toEqual({ service, version: 1, epoch: 7, ...tenPercent });
      expect(await router.observe(service)).toEqual(changed);
    });

    it('grows the version by one with every change', async () => {
      const service = newService();
      await router.change(service, 0, 1, onlyStable);
      await router.change(service, 1, 1, tenPercent);

      expect((await router.change(service, 2, 1, onlyStable)).version).toBe(3);
    });

    it('takes a change as the whole route, never as a difference', async () => {
      const service = newService();
      await router.change(service, 0, 1, tenPercent);

      const changed = await router.change(service, 1, 1, onlyStable);

      expect(changed.candidate).toBeUndefined();
      expect(changed.candidatePercent).toBe(0);
    });

    it('refuses a change that expected another version as Pointsman.RouteChanged, and changes nothing', async () => {
      const service = newService();
      const before = await router.change(service, 0, 1, onlyStable);

      await expect(router.change(service, 0, 1, tenPercent)).rejects.toMatchObject({ name: 'Pointsman.RouteChanged' });
      await expect(router.change(service, 2, 1, tenPercent)).rejects.toMatchObject({ name: 'Pointsman.RouteChanged' });
      expect(await router.observe(service)).toEqual(before);
    });

    it('lets one of two changes made at once win', async () => {
      const service = newService();

      const outcomes = await Promise.allSettled([
        router.change(service, 0, 1, onlyStable),
        router.change(service, 0, 1, tenPercent),
      ]);

      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect((await router.observe(service)).version).toBe(1);
    });

    it('refuses a change of a lower epoch as Pointsman.LeaseLost, and changes nothing', async () => {
      const service = newService();
      const before = await router.change(service, 0, 5, onlyStable);

      await expect(router.change(service, 1, 4, tenPercent)).rejects.toMatchObject({ name: 'Pointsman.LeaseLost' });
      expect(await router.observe(service)).toEqual(before);
    });

    it('takes a change of the same epoch and of a higher one', async () => {
      const service = newService();
      await router.change(service, 0, 5, onlyStable);
      await router.change(service, 1, 5, onlyStable);

      expect((await router.change(service, 2, 9, onlyStable)).epoch).toBe(9);
    });

    it('takes shares in steps of 0.01', async () => {
      const service = newService();

      const changed = await router.change(service, 0, 1, { ...tenPercent, candidatePercent: 0.07 });

      expect(changed.candidatePercent).toBe(0.07);
    });

    it('takes a candidate with all the traffic and no stable arm', async () => {
      const change = { stable: undefined, candidate, candidatePercent: 100 };

      expect(await router.change(newService(), 0, 1, change)).toMatchObject(change);
    });

    it('takes a candidate without upstreams as long as it has no share', async () => {
      const change = { stable, candidate: { release: two, upstreams: [] }, candidatePercent: 0 };

      expect(await router.change(newService(), 0, 1, change)).toMatchObject(change);
    });

    it.each<[string, RouteChange]>([
      ['a share below 0', { ...tenPercent, candidatePercent: -1 }],
      ['a share above 100', { ...tenPercent, candidatePercent: 100.01 }],
      ['a share finer than 0.01', { ...tenPercent, candidatePercent: 0.005 }],
      ['a share without a candidate', { ...onlyStable, candidatePercent: 1 }],
      ['a candidate with a share and no upstream', { ...tenPercent, candidate: { release: two, upstreams: [] } }],
      ['a stable arm with a share and no upstream', { ...tenPercent, stable: { release: one, upstreams: [] } }],
      ['a stable share without a stable arm', { ...tenPercent, stable: undefined }],
      ['an upstream that is no URL', { ...onlyStable, stable: { release: one, upstreams: ['127.0.0.1:80'] } }],
    ])('refuses %s as Pointsman.BadRoute, and changes nothing', async (_what, change) => {
      const service = newService();

      await expect(router.change(service, 0, 1, change)).rejects.toMatchObject({ name: 'Pointsman.BadRoute' });
      expect((await router.observe(service)).version).toBe(0);
    });

    it('has no counters for a service never routed', async () => {
      expect(await router.counters(newService())).toEqual([]);
    });

    const why = contract.withoutTraffic === undefined ? '' : ` (skipped: ${contract.withoutTraffic})`;
    describe.skipIf(contract.withoutTraffic !== undefined)(`under traffic${why}`, () => {
      it('follows a change with every request sent after it resolved', async () => {
        await using a = await httpInstance('a');
        await using b = await httpInstance('b');
        const service = newService();
        await router.change(service, 0, 1, { ...onlyStable, stable: { release: one, upstreams: [a.url] } });
        const url = await urlOf(subject, service);
        expect(await countAnswers(url, 20)).toEqual({ a: 20 });

        await router.change(service, 1, 1, { ...onlyStable, stable: { release: two, upstreams: [b.url] } });

        expect(await countAnswers(url, 20)).toEqual({ b: 20 });
      });

      it('sends the candidate its share', async () => {
        await using a = await httpInstance('a');
        await using b = await httpInstance('b');
        const service = newService();
        await router.change(service, 0, 1, {
          stable: { release: one, upstreams: [a.url] },
          candidate: { release: two, upstreams: [b.url] },
          candidatePercent: 10,
        });

        expect(await countAnswers(await urlOf(subject, service), 100)).toEqual({ a: 90, b: 10 });
      });

      it('counts requests, 5xx answers and durations by release, and by upstream', async () => {
        await using a = await httpInstance('a');
        await using b = await httpInstance('b');
        await using bad = await httpInstance((_req, res) => void res.writeHead(500).end('bad'));
        const service = newService();
        await router.change(service, 0, 1, {
          stable: { release: one, upstreams: [a.url, b.url] },
          candidate: { release: two, upstreams: [bad.url] },
          candidatePercent: 50,
        });

        await countAnswers(await urlOf(subject, service), 20);

        const counters = await settled(router, service);
        expect(counters.find(({ release }) => release === one)).toMatchObject({ requests: 10, errors: 0 });
        expect(counters.find(({ release }) => release === two)).toMatchObject({ requests: 10, errors: 10 });
        expect(counters.find(({ release }) => release === one)?.upstreams).toEqual([
          { url: a.url, requests: 5, errors: 0, abandoned: 0, inFlight: 0 },
          { url: b.url, requests: 5, errors: 0, abandoned: 0, inFlight: 0 },
        ]);
        for (const { latency, requests } of counters) {
          expect(latency.counts).toHaveLength(latency.boundsMs.length + 1);
          expect(latency.waiting).toHaveLength(latency.boundsMs.length + 1);
          expect(sum(latency.counts)).toBe(requests);
        }
      });

      it('counts a failed connection that reached the client as an error', async () => {
        const service = newService();
        await router.change(service, 0, 1, { ...onlyStable, stable: { release: one, upstreams: [await nobody()] } });

        expect(await countAnswers(await urlOf(subject, service), 3)).toEqual({ 502: 3 });

        expect(await settled(router, service)).toMatchObject([{ release: one, requests: 3, errors: 3 }]);
      });

      it('counts a failed connection that only the other arm kept from the client as an error', async () => {
        await using a = await httpInstance('a');
        const service = newService();
        await router.change(service, 0, 1, {
          stable: { release: one, upstreams: [a.url] },
          candidate: { release: two, upstreams: [await nobody()] },
          candidatePercent: 10,
        });

        expect(await countAnswers(await urlOf(subject, service), 20)).toEqual({ a: 20 });

        const counters = await settled(router, service);
        expect(counters.find(({ release }) => release === one)).toMatchObject({ requests: 20, errors: 0 });
        expect(counters.find(({ release }) => release === two)).toMatchObject({ requests: 2, errors: 2 });
      });

      it('shows a request as in flight until it is answered, also when its release left the route', async () => {
        const reached = Promise.withResolvers<void>();
        const finish = Promise.withResolvers<void>();
        await using a = await httpInstance((_req, res) => {
          reached.resolve();
          void finish.promise.then(() => res.end('a'));
        });
        const service = newService();
        await router.change(service, 0, 1, { ...onlyStable, stable: { release: one, upstreams: [a.url] } });
        const answer = fetchText(await urlOf(subject, service));
        await reached.promise;

        await router.change(service, 1, 1, { ...onlyStable, stable: { release: two, upstreams: [a.url] } });

        const upstream = { url: a.url, requests: 1, errors: 0, abandoned: 0, inFlight: 1 };
        const [counters] = await router.counters(service);
        expect(counters).toMatchObject({ release: one, inFlight: 1, upstreams: [upstream] });
        expect(sum(counters?.latency.waiting ?? [])).toBe(1);
        finish.resolve();
        expect((await answer).text).toBe('a');
        expect((await settled(router, service))[0]).toMatchObject({ release: one, requests: 1, inFlight: 0 });
      });

      it.each(['before', 'during'])(
        'counts a request whose client left %s its answer as abandoned only',
        async (when) => {
          const reached = Promise.withResolvers<void>();
          await using a = await httpInstance((_req, res) => {
            if (when === 'during') res.write('half');
            reached.resolve();
          });
          const service = newService();
          await router.change(service, 0, 1, { ...onlyStable, stable: { release: one, upstreams: [a.url] } });
          const client = request(await urlOf(subject, service), { agent: false }).end();
          client.on('error', () => {});
          await (when === 'during' ? once(client, 'response') : reached.promise);

          client.destroy();

          const [counters] = await settled(router, service);
          const upstream = { url: a.url, requests: 1, errors: 0, abandoned: 1, inFlight: 0 };
          expect(counters).toMatchObject({ requests: 1, errors: 0, abandoned: 1, upstreams: [upstream] });
          expect(sum(counters?.latency.counts ?? [])).toBe(0);
          expect(sum(counters?.latency.waiting ?? [])).toBe(0);
        },
      );

      it('counts a failed request as an error, also when its client left before the end of the answer', async () => {
        await using a = await httpInstance((_req, res) => void res.writeHead(500).write('half'));
        const service = newService();
        await router.change(service, 0, 1, { ...onlyStable, stable: { release: one, upstreams: [a.url] } });
        const client = request(await urlOf(subject, service), { agent: false }).end();
        client.on('error', () => {});
        await once(client, 'response');

        client.destroy();

        expect(await settled(router, service)).toMatchObject([{ requests: 1, errors: 1, abandoned: 0 }]);
      });

      it('forgets the oldest releases that left the route, beyond ten', async () => {
        await using a = await httpInstance('a');
        const service = newService();
        const releases = Array.from({ length: 12 }, (_, i) => digest(i.toString(16)));
        for (const [version, release] of releases.entries())
          await router.change(service, version, 1, { ...onlyStable, stable: { release, upstreams: [a.url] } });

        expect((await router.counters(service)).map(({ release }) => release)).toEqual(releases.slice(2));
      });

      it('keeps the counters of an old release that serves or has requests in flight', async () => {
        const reached = Promise.withResolvers<void>();
        const finish = Promise.withResolvers<void>();
        await using a = await httpInstance((_req, res) => {
          reached.resolve();
          void finish.promise.then(() => res.end('a'));
        });
        const service = newService();
        const releases = Array.from({ length: 14 }, (_, i) => digest(i.toString(16)));
        const [busy = '', serving = '', ...others] = releases;
        await router.change(service, 0, 1, { ...onlyStable, stable: { release: busy, upstreams: [a.url] } });
        const answer = fetchText(await urlOf(subject, service));
        await reached.promise;
        for (const [i, release] of [serving, ...others].entries())
          await router.change(service, i + 1, 1, {
            stable: { release: serving, upstreams: [a.url] },
            candidate: { release, upstreams: [a.url] },
            candidatePercent: 1,
          });

        const seen = (await router.counters(service)).map(({ release }) => release);
        finish.resolve();
        await answer;
        expect(seen).toEqual([busy, serving, ...others.slice(2)]);
      });

      it('keeps the counters of releases that left the route, and counts on when they come back', async () => {
        await using a = await httpInstance('a');
        const service = newService();
        const first: RouteChange = { ...onlyStable, stable: { release: one, upstreams: [a.url] } };
        await router.change(service, 0, 1, first);
        const url = await urlOf(subject, service);
        await countAnswers(url, 3);
        await router.change(service, 1, 1, { ...onlyStable, stable: { release: two, upstreams: [a.url] } });
        await countAnswers(url, 2);
        await router.change(service, 2, 1, first);
        await countAnswers(url, 1);

        const counters = await settled(router, service);
        expect(counters.map(({ release, requests }) => [release, requests])).toEqual([
          [one, 4],
          [two, 2],
        ]);
      });
    });

    it('fails every call as Pointsman.RouterUnreachable once it cannot be reached', async () => {
      await subject.makeUnreachable();

      const unreachable = { name: 'Pointsman.RouterUnreachable' };
      await expect(router.observe('web')).rejects.toMatchObject(unreachable);
      await expect(router.change('web', 0, 1, onlyStable)).rejects.toMatchObject(unreachable);
      await expect(router.counters('web')).rejects.toMatchObject(unreachable);
    });
  });
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

async function urlOf(subject: TrafficRouterSubject, service: string): Promise<string> {
  if (!subject.publicUrl) throw new Error('a router with traffic says its public URLs');
  return subject.publicUrl(service);
}

/** The counters once nothing is in flight: a client can have its answer before the router has counted it. */
const settled = (router: TrafficRouter, service: string): Promise<readonly ReleaseCounters[]> =>
  eventually(
    () => router.counters(service),
    (counters) => counters.every(({ inFlight }) => inFlight === 0),
  );
