import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { playAct, type Stage } from './play-act.ts';
import type { Act } from './report.ts';

const act: Act = { number: 4, title: 'good', version: '2.0.0', errorRate: 0, shouldEnd: 'promoted', killsHost: true };
const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:deploy:one';
const judged = { verdict: 'safe', reason: 'it fails rarely', memory: { verdicts: [] } };

/** Answers for a host whose canary goes a step further at each look: no share, then 50 % until it was killed, then all. */
function scriptedHost() {
  const calls: unknown[] = [];
  let looks = 0;
  let alive = true;
  let kills = 0;
  const service = () => {
    looks += 1;
    const isDone = kills > 0;
    return {
      url: 'http://127.0.0.1:9',
      route: {
        stable: { release: isDone ? 'sha256:new' : 'sha256:old' },
        candidate: isDone ? null : { release: 'sha256:new' },
        candidatePercent: isDone || looks < 2 ? 0 : 50,
      },
      rollout: isDone ? null : { waitingFor: 'Let requests come: a timer', since: Date.now() },
      releases: isDone ? [{ release: 'sha256:new', outcome: 'promoted', reason: 'it fails rarely' }] : [],
    };
  };
  const operations: Record<string, () => unknown> = {
    DescribeExecution: () => ({ status: kills > 0 ? 'SUCCEEDED' : 'RUNNING' }),
    ListExecutions: () => ({ executions: [{ executionArn: 'canary-arn', startDate: Date.now() / 1000 + 1 }] }),
    GetExecutionHistory: () => ({
      events: [{ id: 7, type: 'TaskSucceeded', taskSucceededEventDetails: { output: JSON.stringify(judged) } }],
    }),
  };
  return {
    calls,
    async answer(request: IncomingMessage): Promise<unknown> {
      if (!alive) return undefined;
      if (request.method === 'GET') return service();
      const operation = String(request.headers['x-amz-target']).replace('AWSStepFunctions.', '');
      calls.push([operation, await json(request)]);
      return operations[operation]?.();
    },
    kill: async () => {
      alive = false;
      kills += 1;
    },
    start: async () => {
      alive = true;
      return 42;
    },
  };
}

describe('playAct', () => {
  let server: Server;
  let host: ReturnType<typeof scriptedHost>;
  let told: string[];
  let scenes: string[];
  let stage: Stage;

  beforeEach(async () => {
    host = scriptedHost();
    server = createServer((request, response) => {
      const answer = (body: unknown) => (body === undefined ? request.destroy() : response.end(JSON.stringify(body)));
      void host.answer(request).then(answer);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    told = [];
    scenes = [];
    const load = {
      pid: 1,
      play: (number: number, hostAlive: boolean) =>
        void scenes.push(`act ${number}, host ${hostAlive ? 'alive' : 'dead'}`),
      tallies: () => [],
      stop: async () => {},
      ended: Promise.resolve(),
      kill: () => {},
    };
    stage = {
      product: {
        endpoint: `http://127.0.0.1:${port}`,
        ...host,
        stop: async () => {},
        push: async (folder, image) => {
          told.push(`push ${folder} ${image}`);
          return { digest: 'sha256:new', executionArn };
        },
      },
      shop: async (version) => `/shop-${version}`,
      load: () => load,
      startLoad: () => load,
      versions: new Map([['sha256:old', '1.0.0']]),
      say: (text) => void told.push(text.trim()),
      pace: { lookMs: 1, tellMs: 60_000, killAfterMs: 0, deadMs: 1, unseenMs: 5_000, goOnMs: 1 },
      signal: new AbortController().signal,
    };
  });
  afterEach(() => {
    server.close();
  });

  it('pushes, kills the host while the traffic is split, starts it again and sees the release promoted', async () => {
    const played = await playAct(act, stage);

    expect(played).toMatchObject({ ended: 'promoted', servedAtEnd: '2.0.0', hostDead: { atPercent: 50 } });
    expect(played.samples.map(({ percent }) => percent)).toEqual([0, 50, 100, 100]);
    expect(scenes).toEqual(['act 4, host alive', 'act 4, host dead', 'act 4, host alive']);
    expect(told).toContain('push /shop-2.0.0 shop:2.0.0');
    expect(told).toContain('the host is killed with SIGKILL while 2.0.0 has 50 %');
  });

  it('takes the verdicts from the newest execution of the canary', async () => {
    const { judgement } = await playAct(act, stage);

    expect(judgement.reason).toBe('it fails rarely');
    expect(host.calls).toContainEqual([
      'ListExecutions',
      { stateMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:canary' },
    ]);
    expect(host.calls).toContainEqual(['GetExecutionHistory', { executionArn: 'canary-arn', maxResults: 1000 }]);
  });

  it('gives up when the host shows nothing for too long', async () => {
    await host.kill();

    await expect(playAct(act, { ...stage, pace: { ...stage.pace, unseenMs: 20 } })).rejects.toThrow(
      'has not shown the service',
    );
  });

  it('ends when it is told to', async () => {
    await expect(playAct(act, { ...stage, signal: AbortSignal.abort() })).rejects.toThrow('aborted');
  });
});
