import type * as Package from 'durable-functions';
import type { OrchestrationContext, Task } from 'durable-functions';
import { beforeAll, describe, expect, it } from 'vitest';
import { toEpochMs } from '../../../engine/data/instant.ts';
import { testClock } from '../../support/test-clock.ts';
import { clientData } from './client-calls.ts';
import { durableModel } from './durable-model.ts';
import { type FunctionsCore, installFunctionsCore } from './functions-core.ts';

type Durable = typeof Package;
type Orchestrator = (context: OrchestrationContext) => Generator<Task, unknown, never>;

let core: FunctionsCore;
let df: Durable;

/** Orchestrators on the real package over the model, with an activity `echo` and one, `flaky`, that works the third time. */
function world(orchestrators: Readonly<Record<string, Orchestrator>>, { copies = 1 } = {}) {
  const clock = testClock();
  let tries = 0;
  const registry = core.register(() => {
    for (const [name, handler] of Object.entries(orchestrators)) df.app.orchestration(name, handler);
    df.app.activity('echo', { handler: (input: unknown) => input });
    df.app.activity('flaky', {
      handler: () => {
        if (++tries < 3) throw new Error(`try ${tries}`);
        return tries;
      },
    });
    df.app.activity('broken', {
      handler: () => {
        throw new Error('never');
      },
    });
  });
  const model = durableModel({
    core,
    registry: () => registry,
    now: clock.now,
    at: (at, run) => void clock.at(toEpochMs(at), run),
    deliver(_, handle) {
      for (let copy = 0; copy < copies; copy++) clock.at(clock.now(), () => void handle());
    },
    invoke: (_, call) => call(),
    clientData,
  });
  async function turns(): Promise<void> {
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
  }
  /** Lets time pass until nothing is left to happen; gives the instance. */
  async function run(name: string, input: unknown = null) {
    model.start(name, JSON.stringify(input), 'instance');
    await turns();
    while (clock.advanceToNext()) await turns();
    return instanceOf('instance');
  }
  function instanceOf(id: string) {
    const instance = model.instances.get(id);
    if (instance === undefined) throw new Error(`no instance ${id}`);
    return instance;
  }
  return { clock, model, run, turns, instanceOf };
}

describe('the model of the Durable extension', () => {
  beforeAll(async () => {
    core = installFunctionsCore();
    df = await import('durable-functions');
  });

  it('runs activities one after the other and side by side', async () => {
    const { run, model } = world({
      *both({ df: context }) {
        const first: number = yield context.callActivity('echo', 1);
        const others: number[] = yield context.Task.all([
          context.callActivity('echo', 2),
          context.callActivity('echo', 3),
        ]);
        return [first, ...others];
      },
    });

    expect(await run('both')).toMatchObject({ status: 'Completed', output: [1, 2, 3], turns: 3 });
    expect(model.activityCalls).toEqual(['echo', 'echo', 'echo']);
  });

  it('tries an activity again after the pause it is given', async () => {
    const { run, clock } = world({
      *patient({ df: context }) {
        return yield context.callActivityWithRetry('flaky', new df.RetryOptions(1000, 5));
      },
    });
    const from = clock.now();

    expect(await run('patient')).toMatchObject({ status: 'Completed', output: 3 });
    expect(clock.now() - from).toBe(2000);
  });

  it('fails an orchestration whose activity never works', async () => {
    const { run, model } = world({
      *doomed({ df: context }) {
        return yield context.callActivityWithRetry('broken', new df.RetryOptions(1000, 2));
      },
    });

    expect(await run('doomed')).toMatchObject({ status: 'Failed', isStuck: false });
    expect(model.activityCalls).toEqual(['broken', 'broken']);
  });

  it('makes a timer of twenty days of steps of three', async () => {
    const { run, clock } = world({
      *far({ df: context }) {
        yield context.createTimer(new Date(context.currentUtcDateTime.getTime() + 20 * 86_400_000));
        return 'there';
      },
    });
    const from = clock.now();
    const instance = await run('far');

    expect(instance).toMatchObject({ status: 'Completed', output: 'there' });
    expect(instance.history.filter(({ EventType }) => EventType === 10)).toHaveLength(6);
    expect(clock.now() - from).toBe(20 * 86_400_000);
  });

  it('lets an external event or its timer win, whichever comes first', async () => {
    const { run, model, clock } = world({
      *race({ df: context }) {
        const timer = context.createTimer(new Date(context.currentUtcDateTime.getTime() + 3_600_000));
        const event = context.waitForExternalEvent('approve');
        const first: Task = yield context.Task.any([event, timer]);
        if (first === event) timer.cancel();
        return first === event ? event.result : 'too late';
      },
    });
    clock.at(toEpochMs(clock.now() + 60_000), () => void model.raise('instance', 'approve', '"yes"'));
    expect(await run('race')).toMatchObject({ status: 'Completed', output: 'yes' });

    expect(await run('race')).toMatchObject({ status: 'Completed', output: 'too late' });
  });

  it('runs an activity twice whose message is delivered twice, and takes the first outcome', async () => {
    const { run, model } = world(
      {
        *once({ df: context }) {
          return yield context.callActivity('echo', 1);
        },
      },
      { copies: 2 },
    );

    expect(await run('once')).toMatchObject({ status: 'Completed', output: 1, turns: 2 });
    expect(model.activityCalls).toEqual(['echo', 'echo']);
  });

  it('has issue #574: pending tasks that are yielded again in a new Task.any are started again', async () => {
    const { run, model } = world({
      *loop({ df: context }) {
        let open = ['a', 'b', 'c'].map((name) => context.callActivity('echo', name));
        while (open.length > 0) {
          const first: Task = yield context.Task.any(open);
          open = open.filter((task) => task !== first);
        }
        return 'all seen';
      },
    });
    await run('loop');

    expect(model.activityCalls).toHaveLength(6);
  });

  it('loses the events that nobody waited for when an orchestration continues as new', async () => {
    const { model, clock, turns, instanceOf } = world({
      *eternal({ df: context }) {
        const count: number = context.getInput();
        yield context.waitForExternalEvent('event');
        if (count === 2) return 'three events';
        context.continueAsNew(count + 1);
        return undefined;
      },
    });
    model.start('eternal', '0', 'instance');
    for (let event = 0; event < 3; event++) model.raise('instance', 'event', 'null');
    await turns();
    while (clock.advanceToNext()) await turns();

    expect(instanceOf('instance')).toMatchObject({ status: 'Running', lostEvents: 2 });
  });

  it('refuses the id of an instance that is under way, and gives that of one that is over', async () => {
    const { run, model } = world({
      *quick({ df: context }) {
        return yield context.callActivity('echo', 'done');
      },
    });
    model.start('quick', 'null', 'instance');
    expect(model.start('quick', 'null', 'instance')).toBeUndefined();

    expect(await run('quick')).toMatchObject({ status: 'Completed' });
    expect(model.start('quick', 'null', 'instance')).toBe('instance');
  });
});
