import type { ExecutionStore, TaskDispatcher } from '../../engine/runner/ports.ts';

/** One life of a controller: between its death and its successor's birth nobody drives what is under way. */
export interface Life {
  isDead: boolean;
}

/**
 * Kills a controller in memory at the moment given to `killAt`, counted from 1: moments come before a commit is written and after it, before anything
 * is made of it. What a dead one still does is neither written nor called. `passed` counts moments over all lives.
 */
export function mortality() {
  let passed = 0;
  let deadly: number | undefined;
  const never = () => new Promise<never>(() => undefined);
  const survives = (life: Life): boolean => {
    if (!life.isDead && ++passed === deadly) life.isDead = true;
    return !life.isDead;
  };
  return {
    passed: () => passed,
    killAt: (moment: number) => void (deadly = moment),
    store: (inner: ExecutionStore, life: Life): ExecutionStore => ({
      ...inner,
      async commit(...change) {
        if (!survives(life)) return never();
        const answer = await inner.commit(...change);
        return survives(life) ? answer : never();
      },
    }),
    dispatcher: (inner: TaskDispatcher, life: Life): TaskDispatcher => ({
      ...inner,
      dispatch(task, report) {
        if (!life.isDead) inner.dispatch(task, (outcome) => (life.isDead ? undefined : report(outcome)));
      },
    }),
  };
}
