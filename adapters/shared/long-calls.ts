import { StepFailure } from '../../functions/step-failure.ts';

/** Calls that take longer than anybody waits for. */
export interface LongCalls {
  /**
   * Begins the work, or finds it begun under the same name, and waits for it a while. When it ends in that time, so does
   * this; else it fails with `Pointsman.StillWorking`, and the outcome is kept for whoever asks next.
   */
  ask<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Resolves when nothing goes on under the name, however it ended; waits as long as `ask` does. */
  over(name: string): Promise<void>;
}

/** @param patienceMs how long one call waits */
export function longCalls(patienceMs = 4_000): LongCalls {
  const begun = new Map<string, Promise<unknown>>();

  async function wait<T>(name: string, outcome: Promise<T>): Promise<T> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patienceMs);
    let isOver = false;
    outcome.then(
      () => (isOver = true),
      () => (isOver = true),
    );
    await Promise.race([outcome.catch(() => undefined), late]);
    clearTimeout(timer);
    if (isOver) begun.delete(name);
    else throw new StepFailure('Pointsman.StillWorking', `${name} is under way; ask again with the same arguments`);
    return outcome;
  }

  return {
    ask<T>(name: string, work: () => Promise<T>): Promise<T> {
      const outcome = (begun.get(name) as Promise<T> | undefined) ?? work();
      begun.set(name, outcome);
      outcome.catch(() => undefined); // told to whoever asks
      return wait(name, outcome);
    },
    async over(name) {
      const outcome = begun.get(name);
      if (outcome !== undefined)
        await wait(
          name,
          outcome.catch(() => undefined),
        );
    },
  };
}
