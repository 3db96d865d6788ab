import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Instance } from '../../../functions/ports/release.ts';
import type { TargetState } from '../../../functions/ports/release-target.ts';
import { eventually } from '../../../test/support/eventually.ts';
import {
  type ProcessWorld,
  processWorld,
  release,
  server,
  stubbornServer,
} from '../../../test/support/process-world.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { processEntry } from './linux-processes.ts';
import type { ProcessReleaseTargetOptions } from './process-release-target.ts';
import type { InstanceRecord } from './service-state.ts';

const good = release('a');

async function world(
  programs: Readonly<Record<string, string>> = { a: server },
  options?: Partial<ProcessReleaseTargetOptions>,
) {
  const opened = processWorld(await temporaryFolder(), programs, options);
  onTestFinished(() => opened.close());
  return opened;
}

const startOne = async ({ target }: ProcessWorld) => only(await target.startCandidate('shop', good, 1, 1));

const untilPhase = (target: Pick<ProcessWorld['target'], 'observe'>, phase: Instance['phase']) =>
  eventually(
    () => target.observe('shop'),
    (state) => state.instances.length > 0 && state.instances.every((i) => i.phase === phase),
  );

async function startReady(opened: ProcessWorld): Promise<Instance> {
  await startOne(opened);
  await opened.becomeReady(good);
  return only(await untilPhase(opened.target, 'ready'));
}

function only({ instances }: Pick<TargetState, 'instances'>): Instance {
  const [instance] = instances;
  if (instance === undefined || instances.length > 1)
    throw new Error(`expected one instance, found ${instances.length}`);
  return instance;
}

/** Ended, whether or not its parent has asked how. */
const gone = (pid: number) => processEntry(pid)?.zombie ?? true;

/** A process of nobody's, killed after the test. */
async function bystander(): Promise<number> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.pid === undefined) throw new Error('the bystander did not start');
  return child.pid;
}

const toldOf = (record: InstanceRecord | undefined) => {
  if (record?.phase !== 'running') throw new Error(`not running: ${JSON.stringify(record)}`);
  return record;
};

describe('an instance', () => {
  it('runs in its image, with its environment and nothing of the host', async () => {
    const opened = await world();
    const { url, id } = await startReady(opened);

    const { env, cwd } = JSON.parse(await (await fetch(url)).text());

    expect(cwd).toBe(join(opened.folder, 'target/releases/shop', 'a'.repeat(64), 'app'));
    expect(env).toMatchObject({
      HOST: '127.0.0.1',
      PORT: new URL(url).port,
      POINTSMAN_SERVICE: 'shop',
      POINTSMAN_RELEASE: good,
      POINTSMAN_INSTANCE: id,
      GREETING: 'hello',
    });
    expect(env.PATH.split(':')[0]).toBe(dirname(process.execPath));
    expect(env).not.toHaveProperty('VITEST');
  });

  it('shows its last lines and how it ended', async () => {
    const opened = await world({
      a: 'for (let i = 1; i <= 30; i++) console.log(`line ${i}`); console.error("no"); process.exit(3)',
    });
    await startOne(opened);

    const { detail, lastLogLines } = only(await untilPhase(opened.target, 'exited'));

    expect(detail).toMatch(/^exited with code 3 after \d+\.\d s$/);
    expect(lastLogLines).toHaveLength(20);
    expect(lastLogLines.slice(-2)).toEqual(['line 30', 'no']);
  });

  it('says what its readiness check answered', async () => {
    const opened = await world();
    await startOne(opened);

    const { instances } = await eventually(
      () => opened.target.observe('shop'),
      (state) => state.instances[0]?.detail === 'readiness answered 503',
    );
    expect(instances[0]?.phase).toBe('starting');
  });

  it('is not started again after the third exit in a row, and says so', async () => {
    const opened = await world({ a: 'process.exit(1)' });
    for (const _ of [1, 2, 3]) {
      await startOne(opened);
      await untilPhase(opened.target, 'exited');
    }

    const { id, phase, detail } = await startOne(opened);

    expect([phase, id]).toEqual(['exited', only(await opened.target.observe('shop')).id]);
    expect(detail).toMatch(/^exited with code 1 after \d+\.\d s, 3 times in a row; not started again$/);
  });

  it('that cannot be started is exited, with the reason', async () => {
    const opened = await world(
      {},
      { unpack: async () => ({ command: ['no-such-program'], workingDir: '/', env: {} }) },
    );

    const { phase, detail } = await startOne(opened);

    expect([phase, detail]).toEqual(['exited', 'could not be started: spawn no-such-program ENOENT']);
  });

  it('ends with the children of its group', async () => {
    const opened = await world({
      a: `const { spawn } = require('node:child_process');
          const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
          console.log('child ' + child.pid);`,
    });
    await startOne(opened);
    const { lastLogLines } = only(
      await eventually(
        () => opened.target.observe('shop'),
        (state) => only(state).lastLogLines.length > 0,
      ),
    );
    const child = Number(lastLogLines[0]?.replace('child ', ''));
    expect(gone(child)).toBe(false);

    await opened.target.retire('shop', good, 1);

    await eventually(
      () => opened.target.observe('shop'),
      (state) => state.instances.length === 0,
    );
    expect(gone(child)).toBe(true);
  });

  it('is not gone before the children it left behind are, and these have the same deadline', async () => {
    const opened = await world({
      a: `const { spawn } = require('node:child_process');
          const stubborn = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('child ' + process.pid)";
          spawn(process.execPath, ['-e', stubborn], { detached: true, stdio: 'inherit' });
          setInterval(() => {}, 1000);`,
    });
    const instance = await startOne(opened);
    const leader = await opened.pidOf(instance);
    const { lastLogLines } = only(
      await eventually(
        () => opened.target.observe('shop'),
        (state) => only(state).lastLogLines.length > 0,
      ),
    );
    const child = Number(lastLogLines[0]?.replace('child ', ''));

    await opened.target.retire('shop', good, 1);
    await eventually(
      () => gone(leader),
      (is) => is,
    );
    expect(only(await opened.target.observe('shop')).phase).toBe('stopping');

    opened.moveClock(11);
    await opened.target.retire('shop', good, 1);
    await eventually(
      () => opened.target.observe('shop'),
      (state) => state.instances.length === 0,
    );
    expect(gone(child)).toBe(true);
  });
});

describe('a target on the folder of one that is gone', () => {
  it('finds the instances of a controller that was killed, and ends them', async () => {
    const opened = await world();
    const script = `
      import { processWorld, release, server } from ${JSON.stringify(join(import.meta.dirname, '../../../test/support/process-world.ts'))};
      const { target, becomeReady } = processWorld(${JSON.stringify(opened.folder)}, { a: server });
      await becomeReady(release('a'));
      console.log(JSON.stringify(await target.startCandidate('shop', release('a'), 2, 7)));
      process.kill(process.pid, 'SIGKILL');`;
    const controller = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const output = (await controller.stdout.toArray()).join('');
    const before: TargetState = JSON.parse(output);

    const after = await untilPhase(opened.target, 'ready');

    expect(after.candidate).toBe(good);
    expect(after.instances.map((i) => [i.id, i.url])).toEqual(before.instances.map((i) => [i.id, i.url]));
    await expect(opened.target.retire('shop', good, 6)).rejects.toMatchObject({ name: 'Pointsman.LeaseLost' });
    await opened.target.retire('shop', good, 7);
    await eventually(
      () => opened.target.observe('shop'),
      (state) => state.instances.length === 0,
    );
  });

  it('finds a process that was started and not yet recorded', async () => {
    const opened = await world();
    const instance = await startReady(opened);
    const pid = await opened.pidOf(instance);
    await opened.rewrite((state) => ({
      ...state,
      instances: state.instances
        .map(toldOf)
        .map(({ id, release, port, exits, startedAt }) => ({ phase: 'intended', id, release, port, exits, startedAt })),
    }));

    const found = only(await untilPhase(opened.again(), 'ready'));

    expect(found.id).toBe(instance.id);
    expect(await opened.pidOf(found)).toBe(pid);
  });

  it('forgets an instance that was intended and never started, and starts another', async () => {
    const opened = await world();
    await opened.target.startCandidate('shop', good, 0, 1);
    const intended = { phase: 'intended', id: 'never', release: good, port: 1, exits: 0, startedAt: 0 } as const;
    await opened.rewrite((state) => ({ ...state, instances: [intended] }));

    const again = opened.again();

    expect((await again.observe('shop')).instances).toEqual([]);
    expect(only(await again.startCandidate('shop', good, 1, 1)).id).not.toBe('never');
  });

  it('kills a process of the service that no record knows', async () => {
    const opened = await world();
    const pid = await opened.pidOf(await startReady(opened));
    await opened.rewrite((state) => ({ ...state, instances: [] }));

    await opened.again().observe('shop');

    const isGone = await eventually(
      () => gone(pid),
      (is) => is,
    );
    expect(isGone).toBe(true);
  });

  it.each([
    ['a later process got the pid', { startTicks: 1 }],
    ['the machine was started again', { bootId: 'another' }],
  ])('signals nobody when %s', async (_, recorded) => {
    const opened = await world();
    const pid = await bystander();
    await startOne(opened);
    await opened.rewrite((state) => ({
      ...state,
      instances: state.instances
        .map(toldOf)
        .map((i) => ({ ...i, id: 'earlier', process: { ...i.process, pid, ...recorded } })),
    }));
    const again = opened.again();

    expect(only(await again.observe('shop'))).toMatchObject({ id: 'earlier', phase: 'exited' });
    await again.retire('shop', good, 1);
    await again.endNow('shop');

    expect(gone(pid)).toBe(false);
  });
});

describe('keepRunning', () => {
  const promoted = async (opened: ProcessWorld) => {
    const instance = await startReady(opened);
    await opened.target.promote('shop', good, 1);
    return instance;
  };

  it('starts a stable instance again where routes already lead to it', async () => {
    const opened = await world();
    const before = await promoted(opened);
    process.kill(await opened.pidOf(before), 'SIGKILL');
    await untilPhase(opened.target, 'exited');

    await opened.target.keepRunning('shop');

    const after = only(await untilPhase(opened.target, 'ready'));
    expect(after.url).toBe(before.url);
    expect(after.id).not.toBe(before.id);
  });

  it('waits longer after every exit in a row', async () => {
    const opened = await world({ a: 'process.exit(1)' });
    await startOne(opened);
    await opened.target.promote('shop', good, 1);
    await untilPhase(opened.target, 'exited');
    const first = only(await opened.target.keepRunning('shop'));
    expect(first.phase).toBe('starting'); // at once
    await untilPhase(opened.target, 'exited');

    opened.moveClock(0.1);
    expect(only(await opened.target.keepRunning('shop')).id).toBe(first.id); // not yet
    opened.moveClock(1);
    expect(only(await opened.target.keepRunning('shop')).id).not.toBe(first.id);
  });

  it('leaves a candidate that exited to those who judge it', async () => {
    const opened = await world({ a: 'process.exit(1)' });
    await startOne(opened);
    await untilPhase(opened.target, 'exited');

    expect(only(await opened.target.keepRunning('shop')).phase).toBe('exited');
  });

  it('kills what outlived its deadline when nobody else asks any more', async () => {
    const opened = await world({ a: stubbornServer });
    await startReady(opened);
    await opened.target.retire('shop', good, 1);

    opened.moveClock(11);
    await opened.target.keepRunning('shop');

    const { instances } = await eventually(
      () => opened.target.observe('shop'),
      (state) => state.instances.length === 0,
    );
    expect(instances).toEqual([]);
  });
});

describe('prune', () => {
  it('removes unpacked releases that nothing uses', async () => {
    const opened = await world({ a: server, b: server });
    await startOne(opened);
    await opened.target.promote('shop', good, 1);
    await opened.target.startCandidate('shop', release('b'), 1, 1);
    await opened.target.retire('shop', release('b'), 1);
    await eventually(
      () => opened.target.observe('shop'),
      (state) => state.instances.length === 1,
    );

    expect(await opened.target.prune('shop')).toEqual(['b'.repeat(64)]);
    expect(await readdir(join(opened.folder, 'target/releases/shop'))).toEqual(['a'.repeat(64)]);
    expect(await opened.target.services()).toEqual(['shop']);
  });
});

describe('a name that could be a path', () => {
  it('is refused', async () => {
    const { target } = await world();

    await expect(target.observe('../shop')).rejects.toMatchObject({ name: 'Pointsman.BadInput' });
    await expect(target.startCandidate('shop', 'sha256:../x', 1, 1)).rejects.toMatchObject({
      name: 'Pointsman.BadImage',
    });
  });
});
