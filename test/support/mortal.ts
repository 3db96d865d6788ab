import type { Clock, ExecutionStore, TaskDispatcher } from '../../engine/runner/ports.ts';

interface Parts {
  readonly store: ExecutionStore;
  readonly clock: Clock;
  readonly dispatcher: TaskDispatcher;
}

/**
 * What a controller works with, until it dies at its n-th moment: before a commit, after it. From then on its commits never
 * return, its timers do nothing, and no result reaches it; functions that it had called go on, as they would elsewhere.
 * @param dieAt 0: never
 */
export function mortal({ store, clock, dispatcher }: Parts, dieAt: number) {
  let passed = 0;
  let isDead = false;
  let tell = (): void => undefined;
  const died = new Promise<undefined>((resolve) => {
    tell = () => resolve(undefined);
  });
  const forever = new Promise<never>(() => undefined);

  const moment = async (): Promise<void> => {
    if (!isDead && ++passed === dieAt) {
      isDead = true;
      tell();
    }
    if (isDead) await forever;
  };
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    await moment();
    const answer = await work();
    await moment();
    return answer;
  };

  return {
    died,
    isDead: () => isDead,
    moments: () => passed,
    store: {
      ...store,
      create: (summary, first) => around(() => store.create(summary, first)),
      commit: (arn, version, change) => around(() => store.commit(arn, version, change)),
    } satisfies ExecutionStore,
    clock: {
      now: () => clock.now(),
      at: (instant, run) =>
        clock.at(instant, () => {
          if (!isDead) run();
        }),
    } satisfies Clock,
    dispatcher: {
      knows: (resource) => dispatcher.knows(resource),
      dispatch(task, report) {
        if (!isDead)
          dispatcher.dispatch(task, (outcome) => {
            if (!isDead) report(outcome);
          });
      },
      cancel: (task) => dispatcher.cancel(task),
    } satisfies TaskDispatcher,
  };
}
