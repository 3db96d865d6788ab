import type { Ask } from './mailboxes.ts';
import type { ExecutionArn, ExecutionStore } from './ports.ts';

/** Takes a performed effect out of the outbox: by a step while the execution runs, by hand when it has ended. */
export function outboxExit(store: ExecutionStore, ask: Ask): (arn: ExecutionArn, id: string) => Promise<void> {
  const byHand = outboxHand(store);
  return async (arn, id) => {
    if ((await ask(arn, { event: { kind: 'EffectDone', id } })) === 'ignored') await byHand(arn, id);
  };
}

/** Takes a performed effect out of the outbox of an execution that no step is taken of. */
export function outboxHand(store: ExecutionStore): (arn: ExecutionArn, id: string) => Promise<void> {
  return async (arn, id) => {
    for (let done = false; !done; ) {
      const stored = await store.load(arn);
      if (stored === undefined) return;
      const change = { head: stored.head, frames: {}, history: [], opened: [], closed: [id], summary: undefined };
      done = (await store.commit(arn, stored.version, change)) === 'committed';
    }
  };
}
