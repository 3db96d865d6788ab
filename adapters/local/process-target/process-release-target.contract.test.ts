import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeReleaseTarget } from '../../../test/contracts/release-target.ts';
import { processWorld, release, server, stubbornServer } from '../../../test/support/process-world.ts';

describeReleaseTarget('processReleaseTarget', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pointsman-'));
  const world = processWorld(folder, { a: server, b: server, c: stubbornServer });
  return {
    target: world.target,
    good: release('a'),
    better: release('b'),
    stubborn: release('c'),
    broken: release('d'),
    foundInstead: release('f'),
    becomeReady: (digest) => world.becomeReady(digest),
    exit: async (instance) => void process.kill(await world.pidOf(instance), 'SIGKILL'),
    letEnd: async () => {}, // processes end by themselves
    passDrainDeadline: () => world.moveClock(11),
    close: async () => {
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
