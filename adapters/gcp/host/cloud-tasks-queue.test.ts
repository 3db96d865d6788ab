import { describe, expect, it } from 'vitest';
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { EffectNotice } from '../../../engine/runner/ports.ts';
import { cloudTasksEmulator } from '../../../test/hosts/gcp/cloud-tasks-emulator.ts';
import { testClock } from '../../../test/support/test-clock.ts';
import { cloudTasksQueue } from './cloud-tasks-queue.ts';

const queueName = 'projects/p/locations/l/queues/q';

function world(
  fetchFirst: (request: Request) => Response | undefined = () => undefined,
  answers: () => number = () => 200,
) {
  const clock = testClock();
  const given: EffectNotice[] = [];
  const requests: Request[] = [];
  const tasks = cloudTasksEmulator({
    clock,
    queues: { [queueName]: { maxAttempts: 1 } },
    async deliver(request) {
      requests.push(request);
      given.push((await request.json()) as EffectNotice);
      return new Response('', { status: answers() });
    },
  });
  const queue = cloudTasksQueue({
    queue: queueName,
    target: { url: 'https://f.example/perform', serviceAccount: 'tasks@p.iam.gserviceaccount.com' },
    authorization: async () => 'Bearer t',
    clock,
    fetch: async (request) => fetchFirst(request) ?? tasks.api(request),
  });
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1000);
      for (let turn = 0; turn < 6; turn++) await new Promise(setImmediate);
    }
  };
  return { clock, tasks, queue, given, requests, pass };
}

const notice = (more: Partial<EffectNotice> = {}): EffectNotice => ({
  arn: 'arn:aws:states:us-east-1:000000000000:execution:m:e',
  effectId: 'task-3',
  kind: 'RunTask',
  at: undefined,
  link: 0,
  ...more,
});

describe('cloudTasksQueue', () => {
  it('brings a notice to the function, with a token for it', async () => {
    const { queue, given, requests, pass } = world();
    await queue.send([notice()]);
    await pass(1);
    expect(given).toEqual([JSON.parse(JSON.stringify(notice()))]);
    expect(requests[0]?.url).toBe('https://f.example/perform');
    expect(requests[0]?.headers.get('authorization')).toMatch(/^Bearer /);
  });

  it('has one task for an effect that is sent again while it waits', async () => {
    const { clock, queue, given, pass, tasks } = world();
    const timer = notice({ effectId: 'wait-2', kind: 'SetTimer', at: toEpochMs(clock.now() + 60_000) });
    await queue.send([timer, timer]);
    await queue.send([timer]);
    expect(tasks.counts().created).toBe(1);
    await pass(61);
    expect(given).toHaveLength(1);
  });

  it('gives a timer a month away at most 29 days ahead: the next link waits for the rest', async () => {
    const { clock, queue, given, pass, tasks } = world();
    const at = toEpochMs(clock.now() + 40 * 86_400_000);
    await queue.send([notice({ kind: 'SetTimer', at })]);
    clock.advance(29 * 86_400_000 - 1000);
    expect(given).toEqual([]);
    await pass(2);
    expect(given).toEqual([notice({ kind: 'SetTimer', at })]);
    await queue.send([notice({ kind: 'SetTimer', at, link: 1 })]);
    expect(tasks.waiting()).toHaveLength(1);
  });

  it('sends an effect that waits still though its task was given up, under another name, once in ten minutes', async () => {
    const { queue, given, pass, tasks } = world(undefined, () => 500);
    await queue.send([notice()]);
    await pass(2);
    expect(tasks.waiting()).toEqual([]);
    await queue.send([notice()]);
    await queue.send([notice()]);
    await pass(2);
    expect(given).toHaveLength(2);
    await pass(600);
    await queue.send([notice()]);
    await pass(2);
    expect(given).toHaveLength(3);
  });

  it('sends an effect whose id comes again though the task of the last opening runs', async () => {
    const { queue, given, pass } = world();
    const again = notice({ effectId: 'children-1', kind: 'Continue' });
    await queue.send([again]);
    await queue.send([again]);
    await pass(2);
    await queue.send([again]);
    await pass(2);
    expect(given).toHaveLength(3);
  });

  it('tries again when Cloud Tasks is busy or away, and says what it answered in the end', async () => {
    let calls = 0;
    const busy = world(() => (++calls < 3 ? new Response('', { status: calls === 1 ? 429 : 503 }) : undefined));
    const sent = busy.queue.send([notice()]);
    await busy.pass(3);
    await sent;
    await busy.pass(1);
    expect(busy.given).toHaveLength(1);

    const away = world(() => new Response('backend error', { status: 503 }));
    const failed = away.queue.send([notice()]);
    const told = expect(failed).rejects.toThrow('Cloud Tasks answered 503 for a task for task-3');
    await away.pass(5);
    await told;
  });

  it('does not try again what is refused', async () => {
    let calls = 0;
    const { queue } = world(() => {
      calls++;
      return new Response('permission denied', { status: 403 });
    });
    await expect(queue.send([notice()])).rejects.toThrow('Cloud Tasks answered 403');
    expect(calls).toBe(1);
  });
});
