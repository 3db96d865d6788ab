import { describe, expect, it } from 'vitest';
import { memoryTaskDispatcher } from '../../adapters/memory/task-dispatcher.ts';
import { countingIds } from '../../test/support/counting-ids.ts';
import { functionArn, mustRead, storedMachine } from '../../test/support/run-machine.ts';
import { testClock } from '../../test/support/test-clock.ts';
import { memoryExecutionStore } from './memory-execution-store.ts';
import type { EffectNotice, ExecutionStore } from './ports.ts';
import { createQueuedRunner } from './queued-runner.ts';

const machine = storedMachine('machine', {
  StartAt: 'Pause',
  States: {
    Pause: { Type: 'Wait', Seconds: 60, Next: 'Do' },
    Do: { Type: 'Task', Resource: functionArn('work'), TimeoutSeconds: 10, Next: 'Rest' },
    Rest: { Type: 'Wait', Seconds: 5, End: true },
  },
});

/** A queue that gives nothing by itself. */
async function world(wrap: (store: ExecutionStore) => ExecutionStore = (store) => store) {
  const clock = testClock();
  const store = memoryExecutionStore();
  const dispatcher = memoryTaskDispatcher(clock);
  const sent: EffectNotice[] = [];
  let refusals = 0;
  const make = () =>
    createQueuedRunner({
      store: wrap(store),
      dispatcher,
      clock,
      ids: countingIds(),
      queue: {
        async send(notices) {
          if (refusals-- > 0) throw new Error('the queue is away');
          sent.push(...notices);
        },
      },
      machineOf: ({ definition }) => mustRead(definition),
      onProblem: () => {},
    });
  await store.putMachine(machine);
  const start = (runner = make()) => runner.start({ machine, name: 'run', input: '{}' });
  const last = () => {
    const notice = sent.at(-1);
    if (notice === undefined) throw new Error('nothing was sent');
    return notice;
  };
  return { clock, store, dispatcher, sent, last, make, start, refuse: (times: number) => void (refusals = times) };
}

const turns = async () => {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
};

describe('a queued runner', () => {
  it('sends what a start opens before it answers', async () => {
    const { start, sent, clock } = await world();
    const { execution } = await start();

    expect(sent).toEqual([
      { arn: execution.arn, effectId: 'wait-2', kind: 'SetTimer', at: clock.now() + 60_000, link: 0 },
    ]);
  });

  it('sends a notice that comes early again, as another link', async () => {
    const { make, start, sent, last } = await world();
    await start();

    expect(await make().perform(last())).toBe('early');
    expect(sent.map(({ link }) => link)).toEqual([0, 1]);
  });

  it('fires no timer before its committed moment, whatever the notice says of it', async () => {
    const { make, start, sent, last, clock } = await world();
    await start();
    const [first] = sent;

    expect(await make().perform({ ...last(), at: undefined })).toBe('early');
    expect(await make().perform({ ...last(), at: clock.now() })).toBe('early');
    expect(sent).toEqual([first, first, first]);
  });

  it('performs what a notice is about, and has sent what that opens', async () => {
    const { make, start, clock, last, sent } = await world();
    await start();
    clock.advance(60_000);

    expect(await make().perform(last())).toBe('performed');
    expect(sent.map(({ kind }) => kind)).toEqual(['SetTimer', 'RunTask', 'SetTimer']);
  });

  it('answers only when the outcome of a task is committed', async () => {
    const { make, start, clock, last, sent, dispatcher, store } = await world();
    const { execution } = await start();
    clock.advance(60_000);
    await make().perform(last());
    const task = sent.find(({ kind }) => kind === 'RunTask') ?? last();
    const performing = make().perform(task);
    await turns();
    dispatcher.succeed(dispatcher.accepted[0]?.key ?? '', 'done');

    expect(await performing).toBe('performed');
    expect(await store.summary(execution.arn)).toMatchObject({ status: 'RUNNING' });
    expect(last()).toMatchObject({ kind: 'SetTimer', at: clock.now() + 5_000 });
    clock.advance(5_000);
    await make().perform(last());
    expect(await store.summary(execution.arn)).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  });

  it('looks at the execution as it is now, which another process may have stepped since', async () => {
    const { make, start, clock, last, sent, dispatcher } = await world();
    const first = make();
    await start(first);
    clock.advance(60_000);
    await make().perform(last());
    const task = sent.find(({ kind }) => kind === 'RunTask') ?? last();
    const performing = first.perform(task);
    await turns();
    dispatcher.succeed(dispatcher.accepted[0]?.key ?? '', 'done');

    expect(await performing).toBe('performed');
    expect(last()).toMatchObject({ kind: 'SetTimer', at: clock.now() + 5_000 });
  });

  it('waits for no task past its deadline: the timer of the state is its outcome', async () => {
    const { make, start, clock, last, sent, store } = await world();
    const { execution } = await start();
    clock.advance(60_000);
    await make().perform(last());
    const task = sent.find(({ kind }) => kind === 'RunTask') ?? last();
    const performing = make().perform(task);
    await turns();
    clock.advance(10_000);

    expect(await performing).toBe('performed');
    await make().perform(last());
    expect(await store.summary(execution.arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('performs once what is given twice at the same time', async () => {
    const { make, start, clock, last, sent, dispatcher } = await world();
    await start();
    clock.advance(60_000);
    await make().perform(last());
    const task = sent.find(({ kind }) => kind === 'RunTask') ?? last();
    const runner = make();
    const both = Promise.all([runner.perform(task), runner.perform(task)]);
    await turns();
    dispatcher.succeed(dispatcher.accepted[0]?.key ?? '', 'done');

    expect(await both).toEqual(['performed', 'performed']);
    expect(dispatcher.accepted).toHaveLength(1);
  });

  it('sends what an earlier request committed and did not send, when the request is repeated', async () => {
    const { start, sent, refuse } = await world();
    refuse(1);
    await expect(start()).rejects.toThrow('the queue is away');
    expect(sent).toEqual([]);

    expect((await start()).kind).toBe('exists');
    expect(sent).toHaveLength(1);
  });

  it('sends what an earlier process committed and did not send, when its notice is given again', async () => {
    const { make, start, clock, last, sent, dispatcher, refuse } = await world();
    await start();
    clock.advance(60_000);
    await make().perform(last());
    const task = sent.find(({ kind }) => kind === 'RunTask') ?? last();
    const before = sent.length;
    refuse(1);
    void make().perform(task); // it ends before it tries again
    await turns();
    dispatcher.succeed(dispatcher.accepted[0]?.key ?? '', 'done');
    await turns();
    expect(sent).toHaveLength(before);

    expect(await make().perform(task)).toBe('gone');
    expect(last()).toMatchObject({ kind: 'SetTimer', at: clock.now() + 5_000 });
  });

  it('sends what is due again when it is asked to sweep, and no timer that lies ahead', async () => {
    const { make, start, sent } = await world();
    await start();

    expect(await make().recover()).toBe(1);
    const later = storedMachine('later', { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 3600, End: true } } });
    await make().start({ machine: later, name: 'later', input: '{}' });
    const before = sent.length;
    expect(await make().recover()).toBe(1);
    expect(sent.length - before).toBe(1);
  });

  it('reads again and goes on when another process was faster', async () => {
    let conflicts = 1;
    const { make, start, clock, last, sent } = await world((store) => ({
      ...store,
      commit: async (...commit) => (conflicts-- > 0 ? 'conflict' : store.commit(...commit)),
    }));
    await start();
    clock.advance(60_000);
    await make().perform(last());

    expect(sent.map(({ kind }) => kind)).toEqual(['SetTimer', 'RunTask', 'SetTimer']);
  });
});
