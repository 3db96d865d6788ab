import type { Logger } from 'pino';
import type { Notifier } from '../../functions/ports/notifier.ts';

const levels = { info: 'info', warning: 'warn', critical: 'error' } as const;

/** Writes notices into the log. */
export function logNotifier(log: Pick<Logger, 'info' | 'warn' | 'error'>): Notifier {
  return {
    async send({ title, severity, ...notice }) {
      log[levels[severity]]({ notice }, title);
    },
  };
}
