import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest, Instance } from '../../functions/ports/release.ts';
import type { ReleaseTarget, TargetState } from '../../functions/ports/release-target.ts';
import { eventually } from '../support/eventually.ts';

/** A target under test with releases that behave as their names say, and the hands to move the world around it. */
interface ReleaseTargetWorld {
  readonly target: ReleaseTarget;
  /** Two releases whose instances start unready, and end when asked. */
  readonly good: Digest;
  readonly better: Digest;
  /** A release whose instances take no notice of being asked to end. */
  readonly stubborn: Digest;
  /** A release whose image cannot be read; the error names `foundInstead`. */
  readonly broken: Digest;
  readonly foundInstead: string;
  /** The instances of `release` answer their readiness check from now on. */
  becomeReady(release: Digest): Promise<void>;
  /** The instance exits by itself. */
  exit(instance: Instance): Promise<void>;
  /** Instances asked to end get the time to do it; resolves at once where the target needs no help. */
  letEnd(release: Digest): Promise<void>;
  /** The drain deadline of everything asked to end is over. */
  passDrainDeadline(): void;
  close(): Promise<void>;
}

/** What every `ReleaseTarget` does, sentence by sentence of the port. */
export function describeReleaseTarget(name: string, open: () => Promise<ReleaseTargetWorld>): void {
  describe(`${name} as ReleaseTarget`, () => {
    let world: ReleaseTargetWorld;
    let target: ReleaseTarget;
    beforeEach(async () => {
      world = await open();
      target = world.target;
    });
    afterEach(() => world.close());

    const promoteGood = async () => {
      await target.startCandidate('shop', world.good, 1, 1);
      return target.promote('shop', world.good, 1);
    };

    describe('observe', () => {
      it('shows nothing of a service never released', async () => {
        expect(await target.observe('shop')).toEqual({
          service: 'shop',
          stable: undefined,
          candidate: undefined,
          instances: [],
        });
      });

      it('shows an instance as starting until its readiness check is answered', async () => {
        await target.startCandidate('shop', world.good, 1, 1);
        expect(phases(await target.observe('shop'))).toEqual(['starting']);

        await world.becomeReady(world.good);

        const state = await eventually(
          () => target.observe('shop'),
          (s) => phases(s)[0] !== 'starting',
        );
        expect(phases(state)).toEqual(['ready']);
      });

      it('shows an instance that ended by itself as exited, and why', async () => {
        const { instances } = await target.startCandidate('shop', world.good, 1, 1);

        await world.exit(only(instances));

        const state = await eventually(
          () => target.observe('shop'),
          (s) => phases(s)[0] === 'exited',
        );
        expect(only(state.instances).detail).not.toBe('');
      });

      it('keeps services apart', async () => {
        await target.startCandidate('shop', world.good, 1, 1);

        expect((await target.observe('till')).instances).toEqual([]);
      });
    });

    describe('startCandidate', () => {
      it('makes the release the candidate and starts its copies, not yet ready', async () => {
        const state = await target.startCandidate('shop', world.good, 2, 1);

        expect(state).toMatchObject({ service: 'shop', stable: undefined, candidate: world.good });
        expect(state.instances.map((i) => [i.release, i.phase])).toEqual([
          [world.good, 'starting'],
          [world.good, 'starting'],
        ]);
      });

      it('gives every instance an id and a URL of its own', async () => {
        const { instances } = await target.startCandidate('shop', world.good, 2, 1);

        expect(new Set(instances.map((i) => i.id)).size).toBe(2);
        expect(new Set(instances.map((i) => i.url)).size).toBe(2);
      });

      it('starts nothing more when repeated', async () => {
        const first = await target.startCandidate('shop', world.good, 2, 1);
        const second = await target.startCandidate('shop', world.good, 2, 1);

        expect(ids(second)).toEqual(ids(first));
      });

      it('starts what is missing', async () => {
        const first = await target.startCandidate('shop', world.good, 1, 1);
        const second = await target.startCandidate('shop', world.good, 2, 1);

        expect(second.instances).toHaveLength(2);
        expect(ids(second)).toEqual(expect.arrayContaining(ids(first)));
      });

      it('replaces an instance that exited', async () => {
        const before = await target.startCandidate('shop', world.good, 1, 1);
        await world.exit(only(before.instances));
        await eventually(
          () => target.observe('shop'),
          (s) => phases(s)[0] === 'exited',
        );

        const after = await target.startCandidate('shop', world.good, 1, 1);

        expect(phases(after)).toEqual(['starting']);
        expect(ids(after)).not.toEqual(ids(before));
      });

      it('refuses a second candidate, naming the first', async () => {
        await target.startCandidate('shop', world.good, 1, 1);

        await expect(target.startCandidate('shop', world.better, 1, 1)).rejects.toMatchObject({
          name: 'Pointsman.CandidateExists',
          message: expect.stringContaining(world.good),
        });
      });

      it('refuses an image that cannot be read, saying what was found, and changes nothing', async () => {
        await expect(target.startCandidate('shop', world.broken, 1, 1)).rejects.toMatchObject({
          name: 'Pointsman.BadImage',
          message: expect.stringContaining(world.foundInstead),
        });
        expect(await target.observe('shop')).toMatchObject({ candidate: undefined, instances: [] });
      });

      it('leaves the stable release stable', async () => {
        await promoteGood();

        const state = await target.startCandidate('shop', world.good, 1, 1);

        expect(state).toMatchObject({ stable: world.good, candidate: undefined });
        expect(state.instances).toHaveLength(1);
      });
    });

    describe('promote', () => {
      it('makes the candidate stable, and its instances go on', async () => {
        const before = await target.startCandidate('shop', world.good, 2, 1);

        const after = await target.promote('shop', world.good, 1);

        expect(after).toMatchObject({ stable: world.good, candidate: undefined });
        expect(ids(after)).toEqual(ids(before));
      });

      it('lets the instances of the old stable go on', async () => {
        const old = await promoteGood();
        await target.startCandidate('shop', world.better, 1, 1);

        const after = await target.promote('shop', world.better, 1);

        expect(after.stable).toBe(world.better);
        expect(ids(after)).toEqual(expect.arrayContaining(ids(old)));
        expect(after.instances).toHaveLength(2);
      });

      it('changes nothing when repeated', async () => {
        const first = await promoteGood();
        const second = await target.promote('shop', world.good, 1);

        expect(second).toMatchObject({ stable: first.stable, candidate: undefined });
        expect(ids(second)).toEqual(ids(first));
      });

      it('refuses a release that is not the candidate', async () => {
        await target.startCandidate('shop', world.good, 1, 1);

        await expect(target.promote('shop', world.better, 1)).rejects.toMatchObject({
          name: 'Pointsman.NotCandidate',
        });
      });
    });

    describe('retire', () => {
      it('asks the instances to end and forgets the candidate', async () => {
        await target.startCandidate('shop', world.stubborn, 1, 1);
        await world.becomeReady(world.stubborn);
        await eventually(
          () => target.observe('shop'),
          (s) => phases(s)[0] === 'ready',
        );

        const state = await target.retire('shop', world.stubborn, 1);

        expect(state.candidate).toBeUndefined();
        expect(phases(state)).toEqual(['stopping']);
      });

      it('is done when observe shows none', async () => {
        await target.startCandidate('shop', world.good, 2, 1);
        await target.retire('shop', world.good, 1);

        await world.letEnd(world.good);

        await eventually(
          () => target.observe('shop'),
          (s) => s.instances.length === 0,
        );
      });

      it('kills an instance that outlives its deadline, when called again', async () => {
        await target.startCandidate('shop', world.stubborn, 1, 1);
        await world.becomeReady(world.stubborn);
        await eventually(
          () => target.observe('shop'),
          (s) => phases(s)[0] === 'ready',
        );
        await target.retire('shop', world.stubborn, 1);
        expect(phases(await target.retire('shop', world.stubborn, 1))).toEqual(['stopping']);

        world.passDrainDeadline();
        await target.retire('shop', world.stubborn, 1);

        await eventually(
          () => target.observe('shop'),
          (s) => s.instances.length === 0,
        );
      });

      it('refuses the stable release', async () => {
        await promoteGood();

        await expect(target.retire('shop', world.good, 1)).rejects.toMatchObject({ name: 'Pointsman.LastCapacity' });
        expect((await target.observe('shop')).instances).toHaveLength(1);
      });

      it('leaves other releases alone', async () => {
        const stable = await promoteGood();
        await target.startCandidate('shop', world.better, 1, 1);
        await target.retire('shop', world.better, 1);
        await world.letEnd(world.better);

        const state = await eventually(
          () => target.observe('shop'),
          (s) => s.instances.length === 1,
        );
        expect(state.stable).toBe(world.good);
        expect(ids(state)).toEqual(ids(stable));
      });

      it('makes room for the next candidate, also of the same release', async () => {
        const before = await target.startCandidate('shop', world.good, 1, 1);
        await target.retire('shop', world.good, 1);

        const after = await target.startCandidate('shop', world.good, 1, 1);

        expect(after.candidate).toBe(world.good);
        expect(after.instances.filter((i) => i.phase === 'starting' && !ids(before).includes(i.id))).toHaveLength(1);
      });

      it('has nothing to do for a release that does not run', async () => {
        await promoteGood();

        const state = await target.retire('shop', world.better, 1);

        expect(state).toMatchObject({ stable: world.good, candidate: undefined });
      });

      it('removes instances that exited', async () => {
        const { instances } = await target.startCandidate('shop', world.good, 1, 1);
        await world.exit(only(instances));
        await eventually(
          () => target.observe('shop'),
          (s) => phases(s)[0] === 'exited',
        );

        expect((await target.retire('shop', world.good, 1)).instances).toEqual([]);
      });
    });

    describe('epoch', () => {
      it('refuses every write with a lower one than was seen', async () => {
        await target.startCandidate('shop', world.good, 1, 7);

        const refused = { name: 'Pointsman.LeaseLost' };
        await expect(target.startCandidate('shop', world.good, 2, 6)).rejects.toMatchObject(refused);
        await expect(target.promote('shop', world.good, 6)).rejects.toMatchObject(refused);
        await expect(target.retire('shop', world.good, 6)).rejects.toMatchObject(refused);
        expect(await target.observe('shop')).toMatchObject({ stable: undefined, candidate: world.good });
        expect((await target.observe('shop')).instances).toHaveLength(1);
      });

      it('is remembered when a later holder writes', async () => {
        await target.startCandidate('shop', world.good, 1, 7);
        await target.promote('shop', world.good, 8);

        await expect(target.startCandidate('shop', world.better, 1, 7)).rejects.toMatchObject({
          name: 'Pointsman.LeaseLost',
        });
      });
    });
  });
}

const phases = (state: TargetState) => state.instances.map((i) => i.phase);
const ids = (state: TargetState) => state.instances.map((i) => i.id);

function only(instances: readonly Instance[]): Instance {
  const [instance] = instances;
  if (instance === undefined || instances.length > 1)
    throw new Error(`expected one instance, found ${instances.length}`);
  return instance;
}
