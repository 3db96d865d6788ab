import type { Logger } from 'pino';
import type { Clock } from '../functions/ports/clock.ts';
import type { Notifier } from '../functions/ports/notifier.ts';
import type { Notification } from './configuration.ts';
import { combinedNotifier, logNotifier, secretReference, webhookNotifier } from './notify/index.ts';

/** The channels of the configuration as one notifier. */
export function configuredNotifier(notifications: readonly Notification[], clock: Clock, log: Logger): Notifier {
  return combinedNotifier(
    Object.fromEntries(
      notifications.map((channel, i) => {
        if (channel.type === 'log') return [`log ${i + 1}`, logNotifier(log)];
        const { url, secret } = channel;
        return [
          `webhook ${i + 1}`,
          webhookNotifier({ url, clock, ...(secret && { secret: secretReference(secret) }) }),
        ];
      }),
    ),
  );
}
