import type { Answer, Mailboxes } from './mailboxes.ts';
import type { ExecutionArn } from './ports.ts';
import type { RunnerOptions } from './runner-options.ts';

type Stored = Pick<RunnerOptions, 'store' | 'onProblem'>;

export interface OutboxExitOptions extends Stored {
  readonly post: Mailboxes['post'];
}

/** Takes a performed effect out of the outbox: by a step while the execution runs, by hand when it has ended. */
export function outboxExit({ post, ...options }: OutboxExitOptions): (arn: ExecutionArn, id: string) => void {
  const byHand = outboxHand(options);
  return (arn, id) => {
    const answered = (answer: Answer) => void (answer === 'ignored' && byHand(arn, id));
    post(arn, { event: { kind: 'EffectDone', id }, answered });
  };
}

/** Takes a performed effect out of the outbox of an execution that no step is taken of. */
export function outboxHand({ store, onProblem }: Stored): (arn: ExecutionArn, id: string) => Promise<void> {
  return async (arn, id) => {
    try {
      for (let done = false; !done; ) {
        const stored = await store.load(arn);
        if (stored === undefined) return;
        const change = { head: stored.head, frames: {}, history: [], opened: [], closed: [id], summary: undefined };
        done = (await store.commit(arn, stored.version, change)) === 'committed';
      }
    } catch (thrown) {
      onProblem('an effect stays in the outbox and will be performed again', arn, thrown);
    }
  };
}
