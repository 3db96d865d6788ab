import type { Notice, Notifier } from '../../functions/ports/notifier.ts';

/** A notifier that keeps what it was told, doubles dropped. */
interface MemoryNotifier extends Notifier {
  /** Oldest first. */
  readonly notices: readonly Notice[];
}

/** The test double of `Notifier`. */
export function memoryNotifier(): MemoryNotifier {
  const notices: Notice[] = [];

  return {
    notices,
    async send(notice) {
      if (!notices.some(({ key }) => key === notice.key)) notices.push(notice);
    },
  };
}
