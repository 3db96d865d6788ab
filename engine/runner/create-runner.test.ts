import { describe, expect, it } from 'vitest';
import { memoryTaskDispatcher } from '../../adapters/memory/task-dispatcher.ts';
import { countingIds } from '../../test/support/counting-ids.ts';
import { functionArn, mustRead, storedMachine } from '../../test/support/run-machine.ts';
import { testClock } from '../../test/support/test-clock.ts';
import { BEHAVIOUR } from '../core/index.ts';
import { createRunner } from './create-runner.ts';
import { memoryExecutionStore } from './memory-execution-store.ts';
import type { ExecutionStore } from './ports.ts';

const task = (resource: string, more: object = {}) => ({
  StartAt: 'Do',
  States: { Do: { Type: 'Task', Resource: resource, End: true, ...more } },
});
const once = task(functionArn('work'));
const callback = task('arn:aws:states:::lambda:invoke.waitForTaskToken', {
  Parameters: { FunctionName: 'work', Payload: { 'token.$': '$$.Task.Token' } },
  HeartbeatSeconds: 10,
});

async function started(definition: object, wrap: (store: ExecutionStore) => ExecutionStore = (store) => store) {
  const clock = testClock();
  const dispatcher = memoryTaskDispatcher(clock);
  const store = wrap(memoryExecutionStore());
  const problems: string[] = [];
  const options = {
    store,
    dispatcher,
    clock,
    ids: countingIds(),
    machineOf: (stored: { readonly definition: string }) => mustRead(stored.definition),
    onProblem: (problem: string) => void problems.push(problem),
  };
  const runner = createRunner(options);
  const machine = storedMachine('machine', definition);
  await store.putMachine(machine);
  const { execution } = await runner.start({ machine, name: 'run', input: '{}' });
  return { runner, options, store, clock, dispatcher, machine, arn: execution.arn, problems };
}

describe('a runner', () => {
  it('says of a name that is taken which execution holds it', async () => {
    const { runner, machine, arn } = await started(once);

    expect(await runner.start({ machine, name: 'run', input: '{}' })).toMatchObject({
      kind: 'exists',
      execution: { arn },
    });
  });

  it('performs nothing before its commit is durable', async () => {
    const gate = Promise.withResolvers<void>();
    const { runner, machine, dispatcher } = await started(once, (store) => ({
      ...store,
      async create(summary, first) {
        if (summary.name === 'second') await gate.promise;
        return store.create(summary, first);
      },
    }));
    const second = runner.start({ machine, name: 'second', input: '{}' });
    await new Promise(setImmediate);
    expect(dispatcher.accepted).toHaveLength(1);
    gate.resolve();
    await second;

    expect(dispatcher.accepted).toHaveLength(2);
  });

  it('reads again and goes on when another writer was faster', async () => {
    let conflicts = 1;
    const { runner, dispatcher, arn } = await started(once, (store) => ({
      ...store,
      commit: async (...commit) => (conflicts-- > 0 ? 'conflict' : store.commit(...commit)),
    }));
    dispatcher.succeed(dispatcher.accepted[0]?.key ?? '', 'done');

    expect((await runner.ended(arn)).output).toBe('"done"');
  });

  it('leaves alone what a newer interpreter has started, and says so', async () => {
    const { options, store, arn, problems } = await started(once, (store) => ({
      ...store,
      async load(arn) {
        const stored = await store.load(arn);
        const start = stored?.frames['start'];
        if (stored === undefined || start?.kind !== 'start') return stored;
        return { ...stored, frames: { ...stored.frames, start: { ...start, behaviour: BEHAVIOUR + 1 } } };
      },
    }));
    const second = memoryTaskDispatcher(options.clock);
    await createRunner({ ...options, dispatcher: second }).recover();
    second.succeed(second.accepted[0]?.key ?? '', 'done');
    while (problems.length === 0) await new Promise(setImmediate);

    expect(problems).toEqual(['events could not be written and will be tried again']);
    expect((await store.summary(arn))?.status).toBe('RUNNING');
  });

  it('redrives nothing that a newer interpreter has started', async () => {
    const { runner, store, arn } = await started(once);
    await runner.stop(arn, { error: undefined, cause: undefined });
    const stored = await store.load(arn);
    const start = stored?.frames['start'];
    if (stored === undefined || start?.kind !== 'start') throw new Error('it has no start');
    const change = { head: stored.head, history: [], opened: [], closed: [], summary: undefined };
    await store.commit(arn, stored.version, { ...change, frames: { start: { ...start, behaviour: BEHAVIOUR + 1 } } });

    await expect(runner.redrive(arn)).rejects.toThrow('the newer Pointsman that started it has to go on with it');
    expect((await store.summary(arn))?.status).toBe('ABORTED');
  });

  it('tries again a second later when the store fails, and says so', async () => {
    let failures = 1;
    const { runner, dispatcher, clock, arn, problems } = await started(once, (store) => ({
      ...store,
      commit: async (...commit) => (failures-- > 0 ? Promise.reject(new Error('disk full')) : store.commit(...commit)),
    }));
    dispatcher.succeed(dispatcher.accepted[0]?.key ?? '', 'done');
    while (problems.length === 0) await new Promise(setImmediate);
    clock.advance(1000);

    expect((await runner.ended(arn)).output).toBe('"done"');
    expect(problems).toEqual(['events could not be written and will be tried again']);
  });

  it('dispatches an open task again under the same key when it recovers', async () => {
    const { options, dispatcher } = await started(once);
    const second = memoryTaskDispatcher(options.clock);

    expect(await createRunner({ ...options, dispatcher: second }).recover()).toBe(1);
    expect(second.accepted[0]?.key).toBe(dispatcher.accepted[0]?.key);
  });

  it('ignores a second outcome of the same attempt', async () => {
    const { runner, dispatcher, arn } = await started(once);
    const key = dispatcher.accepted[0]?.key ?? '';
    dispatcher.succeed(key, 'first');
    await runner.ended(arn);

    expect(await runner.stop(arn, { error: undefined, cause: undefined })).toMatchObject({
      kind: 'ended',
      execution: { output: '"first"' },
    });
  });

  it('stops an execution and cancels what it waits for', async () => {
    const { runner, dispatcher, arn } = await started(once);
    const { kind } = await runner.stop(arn, { error: 'Enough', cause: 'a person said so' });

    expect(kind).toBe('stopped');
    expect(dispatcher.cancelled).toEqual([dispatcher.accepted[0]?.key]);
    expect(await runner.ended(arn)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'a person said so' });
  });
});

describe('a task token', () => {
  const token = (input: unknown) => (input as { Payload: { token: string } }).Payload.token;

  it('gives the outcome, once', async () => {
    const { runner, dispatcher, arn } = await started(callback);
    const held = token(dispatcher.accepted[0]?.input);

    expect(await runner.taskSucceeded(held, { ok: true })).toBe('accepted');
    expect(await runner.taskSucceeded(held, { ok: false })).toBe('timed-out');
    expect((await runner.ended(arn)).output).toBe('{"ok":true}');
  });

  it('keeps its task alive by heartbeats, and no longer', async () => {
    const { runner, dispatcher, clock, arn } = await started(callback);
    const held = token(dispatcher.accepted[0]?.input);
    clock.advance(9000);
    expect(await runner.taskHeartbeat(held)).toBe('accepted');
    clock.advance(9000);
    expect(await runner.taskHeartbeat(held)).toBe('accepted');
    clock.advance(10_000);

    expect(await runner.ended(arn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(await runner.taskFailed(held, { error: 'Late', cause: undefined })).toBe('timed-out');
  });

  it('is refused when it was made up', async () => {
    const { runner, arn } = await started(callback);
    const forged = Buffer.from(JSON.stringify([arn, 'root', '3', 'guess'])).toString('base64url');

    expect(await runner.taskSucceeded('nonsense', 1)).toBe('invalid');
    expect(await runner.taskSucceeded(forged, 1)).toBe('timed-out');
  });
});
