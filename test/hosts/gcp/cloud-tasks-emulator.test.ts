import { describe, expect, it } from 'vitest';
import { testClock } from '../../support/test-clock.ts';
import { backoffSeconds, cloudTasksEmulator, DEFAULT_RETRY, type RetryConfig } from './cloud-tasks-emulator.ts';

const queue = 'projects/p/locations/l/queues/q';

function world({
  answer = () => 200,
  retry = {},
  mischief = {},
}: {
  readonly answer?: (request: Request) => number | Promise<number>;
  readonly retry?: Partial<RetryConfig>;
  readonly mischief?: Parameters<typeof cloudTasksEmulator>[0]['mischief'];
} = {}) {
  const clock = testClock();
  const given: { readonly at: number; readonly request: Request }[] = [];
  const tasks = cloudTasksEmulator({
    clock,
    queues: { [queue]: retry },
    ...(mischief && { mischief }),
    async deliver(request) {
      given.push({ at: (clock.now() - start) / 1000, request });
      const status = await answer(request);
      return new Response('', { status, headers: status === 503 ? { 'retry-after': '7' } : {} });
    },
  });
  const start = clock.now();
  const create = async (task: object) => {
    const body = JSON.stringify({ task: { httpRequest: { url: 'https://f.example/perform' }, ...task } });
    const headers = { authorization: 'Bearer t' };
    const response = await tasks.api(new Request(`https://x/v2/${queue}/tasks`, { method: 'POST', headers, body }));
    return response.status;
  };
  const look = async (id: string, method = 'GET') =>
    (
      await tasks.api(
        new Request(`https://x/v2/${queue}/tasks/${id}`, { method, headers: { authorization: 'Bearer t' } }),
      )
    ).status;
  /** Lets time pass, second by second. */
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1000);
      for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate);
    }
  };
  const at = (seconds: number) => new Date(start + seconds * 1000).toISOString();
  return { clock, tasks, given, create, look, pass, at, times: () => given.map((each) => each.at) };
}

const named = (id: string) => ({ name: `${queue}/tasks/${id}` });

describe('the emulator of Cloud Tasks', () => {
  it('gives a task at once, and one with a time at that time', async () => {
    const { create, pass, at, times } = world();
    await create({});
    await create({ scheduleTime: at(5) });
    await create({ scheduleTime: at(-5) });
    await pass(10);
    expect(times()).toEqual([0, 0, 5]);
  });

  it('refuses a name that is waiting, and for an hour after its task was over', async () => {
    const { create, pass, look } = world();
    expect(await create(named('a'))).toBe(200);
    expect(await create(named('a'))).toBe(409);
    await pass(2);
    expect(await look('a')).toBe(404);
    expect(await create(named('a'))).toBe(409);
    await pass(3600);
    expect(await create(named('a'))).toBe(200);
  });

  it('refuses a name for an hour after its task was deleted', async () => {
    const { create, look, at } = world();
    await create({ ...named('a'), scheduleTime: at(60) });
    expect(await look('a', 'DELETE')).toBe(200);
    expect(await create(named('a'))).toBe(409);
  });

  it('refuses names, times, deadlines and sizes that the service refuses', async () => {
    const { create, at } = world();
    expect(await create({ name: `${queue}/tasks/a.b` })).toBe(400);
    expect(await create({ name: 'projects/p/locations/l/queues/other/tasks/a' })).toBe(400);
    expect(await create({ scheduleTime: at(30 * 86_400 + 1) })).toBe(400);
    expect(await create({ scheduleTime: at(30 * 86_400) })).toBe(200);
    expect(await create({ dispatchDeadline: '14s' })).toBe(400);
    expect(await create({ dispatchDeadline: '1801s' })).toBe(400);
    expect(await create({ httpRequest: { url: 'https://f.example', body: 'x'.repeat(1_048_577) } })).toBe(400);
    expect(await create({ httpRequest: {} })).toBe(400);
  });

  it('refuses a caller without credentials, and a queue that is not there', async () => {
    const { tasks } = world();
    const post = (path: string, headers: Record<string, string>) =>
      tasks.api(new Request(`https://x/v2/${path}`, { method: 'POST', headers, body: '{"task":{}}' }));
    expect((await post(`${queue}/tasks`, {})).status).toBe(401);
    expect((await post('projects/p/locations/l/queues/none/tasks', { authorization: 'Bearer t' })).status).toBe(404);
  });

  it('gives a task again until it is answered with 2xx, with its headers', async () => {
    let tries = 0;
    const { create, pass, given } = world({
      answer: () => [500, 404, 201][tries++] ?? 200,
      retry: { minBackoffSeconds: 1 },
    });
    await create({
      ...named('a'),
      httpRequest: { url: 'https://f.example/p', headers: { 'X-CloudTasks-TaskName': 'mine', a: 'b' } },
    });
    await pass(20);
    const header = (name: string) => given.map(({ request }) => request.headers.get(name));
    expect(header('x-cloudtasks-taskretrycount')).toEqual(['0', '1', '2']);
    expect(header('x-cloudtasks-taskexecutioncount')).toEqual(['0', '0', '1']);
    expect(header('x-cloudtasks-taskpreviousresponse')).toEqual([null, '500', '404']);
    expect(header('x-cloudtasks-taskname')).toEqual(['a', 'a', 'a']);
    expect(header('x-cloudtasks-queuename')).toEqual(['q', 'q', 'q']);
    expect(header('user-agent')).toEqual(Array(3).fill('Google-Cloud-Tasks'));
    expect(header('a')).toEqual(['b', 'b', 'b']);
  });

  it('waits twice as long each time, then longer by the same, up to the longest', () => {
    const retry = { ...DEFAULT_RETRY, minBackoffSeconds: 10, maxBackoffSeconds: 300, maxDoublings: 3 };
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((tries) => backoffSeconds(retry, tries))).toEqual([
      10, 20, 40, 80, 160, 240, 300, 300,
    ]);
  });

  it('gives up when the attempts are used and the time is', async () => {
    const few = world({ answer: () => 500, retry: { maxAttempts: 3, minBackoffSeconds: 1, maxBackoffSeconds: 1 } });
    await few.create(named('a'));
    await few.pass(20);
    expect(few.given).toHaveLength(3);
    expect(await few.look('a')).toBe(404);

    const long = world({
      answer: () => 500,
      retry: { maxAttempts: 3, minBackoffSeconds: 1, maxBackoffSeconds: 1, maxRetrySeconds: 10 },
    });
    await long.create(named('a'));
    await long.pass(30);
    expect(long.given.length).toBeGreaterThan(9);

    const endless = world({
      answer: () => 500,
      retry: { maxAttempts: -1, minBackoffSeconds: 1, maxBackoffSeconds: 1 },
    });
    await endless.create(named('a'));
    await endless.pass(200);
    expect(endless.given.length).toBeGreaterThan(150);
  });

  it('keeps no task longer than 31 days, however often it may be tried', async () => {
    const { clock, create, look } = world({ answer: () => 500, retry: { maxAttempts: -1, minBackoffSeconds: 3600 } });
    await create(named('a'));
    const hours = async (count: number) => {
      for (let hour = 0; hour < count; hour++) {
        clock.advance(3_600_000);
        for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate);
      }
    };
    await hours(31 * 24 - 2);
    expect(await look('a')).toBe(200);
    await hours(4);
    expect(await look('a')).toBe(404);
  });

  it('gives up an attempt at its deadline, and makes another', async () => {
    const { create, pass, given } = world({ answer: () => new Promise(() => {}), retry: { minBackoffSeconds: 1 } });
    await create({ ...named('a'), dispatchDeadline: '15s' });
    await pass(18);
    expect(given.map(({ request }) => request.signal.aborted)).toEqual([true, false]);
    expect(given[1]?.request.headers.get('x-cloudtasks-taskpreviousresponse')).toBeNull();
  });

  it('gives nothing of a queue whose target is busy, for as long as it asks', async () => {
    let tries = 0;
    const { create, pass, times, at } = world({ answer: () => (tries++ === 0 ? 503 : 200) });
    await create({});
    await create({ scheduleTime: at(2) });
    await pass(20);
    expect(
      times()
        .slice(1)
        .every((second) => second >= 7),
    ).toBe(true);
    expect(times()).toHaveLength(3);
  });

  it('gives a task twice, late and out of order when it is asked to', async () => {
    const delays = [5000, 1000];
    const { create, pass, given } = world({ mischief: { copies: () => 2, delayMs: () => delays.shift() ?? 0 } });
    await create(named('a'));
    await create(named('b'));
    await pass(10);
    expect(given.map(({ request }) => request.headers.get('x-cloudtasks-taskname'))).toEqual(['b', 'b', 'a', 'a']);
  });

  it('brings a token of the service account for the audience', async () => {
    const { create, pass, given } = world();
    const oidcToken = { serviceAccountEmail: 'tasks@p.iam.gserviceaccount.com', audience: 'https://f.example' };
    await create({ httpRequest: { url: 'https://f.example/perform', oidcToken } });
    await pass(1);
    const [, claims = ''] = given[0]?.request.headers.get('authorization')?.split('.') ?? [];
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      aud: 'https://f.example',
      email: 'tasks@p.iam.gserviceaccount.com',
    });
  });
});
