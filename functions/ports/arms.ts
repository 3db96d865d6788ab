import type { Digest } from './release.ts';
import type { TargetState } from './release-target.ts';
import type { Arm } from './traffic-router.ts';

/** The arm of a release: its ready instances, in an order that stays the same. */
export const readyArm = ({ instances }: TargetState, release: Digest): Arm => ({
  release,
  upstreams: instances
    .filter((instance) => instance.release === release && instance.phase === 'ready')
    .map(({ url }) => url)
    .toSorted(),
});

/** Whether both send the same requests to the same places. */
export const sameArm = (a: Arm | undefined, b: Arm | undefined): boolean =>
  a?.release === b?.release && JSON.stringify(a?.upstreams.toSorted()) === JSON.stringify(b?.upstreams.toSorted());
