import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryReleaseTarget } from '../../memory/release-target.ts';
import { memoryExecutionStore } from '../../../engine/runner/memory-execution-store.ts';
import { startHousekeeping } from './housekeeping.ts';

describe('housekeeping', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const withRouter = (revive: (router: { readonly lives: boolean }) => Promise<boolean>) => {
    const router = { lives: true, revived: 0 };
    const said: string[] = [];
    const log = (...line: readonly unknown[]) => void said.push(String(line.at(-1)));
    const housekeeping = startHousekeeping({
      world: {
        ...unused(),
        isRouterAlive: async () => router.lives,
        reviveRouter() {
          router.revived++;
          return revive(router);
        },
      },
      store: memoryExecutionStore(),
      deployMachineArn: 'arn:aws:states:us-east-1:000000000000:stateMachine:deploy',
      log: { warn: log, error: log },
    });
    return { router, said, housekeeping };
  };

  it('sees within a quarter of a second that the router died, and starts it again', async () => {
    const { router, said, housekeeping } = withRouter(async ({ lives }) => !lives);
    await housekeeping.round();
    router.lives = false;

    await vi.advanceTimersByTimeAsync(250);

    expect(router.revived).toBe(2);
    expect(said).toEqual(['the router had died and was started again']);
    await housekeeping.stop();
  });

  it('leaves a router that cannot be started for the next round', async () => {
    const { router, said, housekeeping } = withRouter(() => Promise.reject(new Error('no')));
    await housekeeping.round();
    router.lives = false;

    await vi.advanceTimersByTimeAsync(4_750);
    expect(router.revived).toBe(1);
    await vi.advanceTimersByTimeAsync(250);

    expect(router.revived).toBe(2);
    expect(said).toEqual(['the router could not be looked after', 'the router could not be looked after']);
    await housekeeping.stop();
  });

  it('does nothing more once it is stopped', async () => {
    const { router, housekeeping } = withRouter(async () => false);
    await housekeeping.round();
    await housekeeping.stop();

    await vi.advanceTimersByTimeAsync(60_000);

    expect(router.revived).toBe(1);
  });
});

/** A world in which no service runs. */
const unused = () => ({
  isConfigured: () => true,
  target: { ...memoryReleaseTarget(), services: async () => [], keepRunning: never, prune: never },
  clock: { now: () => 0 },
  images: { repositories: async () => [] },
  ledger: { list: async () => [] },
  registryFolder: '/nowhere',
});

const never = () => Promise.reject(new Error('there is no service'));
