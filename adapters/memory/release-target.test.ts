import { describeReleaseTarget } from '../../test/contracts/release-target.ts';
import { memoryReleaseTarget } from './release-target.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

describeReleaseTarget('memoryReleaseTarget', async () => {
  let now = 0;
  const target = memoryReleaseTarget({
    badImages: new Map([[digest('b'), `found ${digest('f')}`]]),
    drainSeconds: 10,
    now: () => now,
  });
  return {
    target,
    good: digest('1'),
    better: digest('2'),
    stubborn: digest('3'),
    broken: digest('b'),
    foundInstead: digest('f'),
    becomeReady: async (release) => target.becomeReady(release),
    exit: async (instance) => target.exit(instance.id, 'exited with code 1 after 0.4 s'),
    letEnd: async (release) => target.end(release),
    passDrainDeadline: () => {
      now += 10_000;
    },
    close: async () => {},
  };
});
