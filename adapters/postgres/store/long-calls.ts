import { StepFailure } from '../../../functions/step-failure.ts';

/** Calls that may take longer than a caller waits. */
export interface LongCalls {
  /**
   * What `run` gives, or `Pointsman.StillWorking` after 4.5 seconds; it goes on then, and the next call with the same key
   * takes its outcome. With this process it ends: the next call starts over.
   */
  call<T>(key: string, run: () => Promise<T>): Promise<T>;
}

export function longCalls(): LongCalls {
  const underWay = new Map<string, Promise<unknown>>();
  return {
    async call<T>(key: string, run: () => Promise<T>): Promise<T> {
      const started = (underWay.get(key) as Promise<T> | undefined) ?? run();
      underWay.set(key, started);
      started.catch(() => {}); // told to the next caller
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), 4500);
      });
      try {
        const outcome = await Promise.race([started, late]);
        if (outcome === 'late') throw new StepFailure('Pointsman.StillWorking', `${key} is under way; ask again`);
        underWay.delete(key);
        return outcome;
      } catch (error) {
        if (!(error instanceof StepFailure) || error.name !== 'Pointsman.StillWorking') underWay.delete(key);
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
