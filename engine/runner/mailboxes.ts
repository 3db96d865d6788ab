import type { ExecutionEvent, ExecutionState } from '../core/index.ts';
import type { ExecutionArn } from './ports.ts';

/** An event on its way into an execution. */
export interface Letter {
  readonly event: ExecutionEvent;
  /** Looked at when the letter is opened; false drops it. A task token is checked here. */
  readonly wanted?: (state: ExecutionState) => boolean;
  /** Called when what the event changed is durable (`taken`), or when nothing waited for it. */
  readonly answered?: (answer: Answer) => void;
}

export type Answer = 'taken' | 'ignored';

/** Posts a letter and tells what became of it. */
export type Ask = (arn: ExecutionArn, letter: Omit<Letter, 'answered'>) => Promise<Answer>;

/** A mailbox for each execution with events on their way. One worker opens it, so steps of an execution never overlap. */
export interface Mailboxes {
  post(arn: ExecutionArn, letter: Letter): void;
  /** Resolves when every mailbox is empty and its worker done. */
  settled(): Promise<void>;
  /** Opens nothing more; what is being opened is finished. */
  close(): Promise<void>;
}

/** Letters opened together, and so written in one commit. */
const LETTERS_AT_ONCE = 100;

export interface MailboxesOptions {
  /** Opens letters. `again`: nothing was written, and the same letters are to be opened once more after a pause. */
  readonly open: (arn: ExecutionArn, letters: readonly Letter[]) => Promise<'opened' | 'again'>;
  readonly pause: () => Promise<void>;
}

export function createMailboxes({ open, pause }: MailboxesOptions): Mailboxes {
  const boxes = new Map<ExecutionArn, Letter[]>();
  const waiting: (() => void)[] = [];
  const closing = Promise.withResolvers<void>();
  let closed = false;

  async function work(arn: ExecutionArn, letters: Letter[]): Promise<void> {
    await Promise.resolve(); // what is posted in the same turn shares the commit
    while (letters.length > 0 && !closed) {
      const batch = letters.splice(0, LETTERS_AT_ONCE);
      if ((await open(arn, batch)) === 'opened') continue;
      letters.unshift(...batch);
      await Promise.race([pause(), closing.promise]);
    }
    boxes.delete(arn);
    if (boxes.size === 0) for (const tell of waiting.splice(0)) tell();
  }

  const settled = (): Promise<void> =>
    boxes.size === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve));

  return {
    post(arn, letter) {
      if (closed) return;
      const box = boxes.get(arn);
      if (box !== undefined) {
        box.push(letter);
        return;
      }
      const letters = [letter];
      boxes.set(arn, letters);
      void work(arn, letters);
    },
    settled,
    close() {
      closed = true;
      closing.resolve();
      return settled();
    },
  };
}
