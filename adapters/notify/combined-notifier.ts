import type { Notifier } from '../../functions/ports/notifier.ts';
import { StepFailure } from '../../functions/step-failure.ts';

/**
 * Tells every channel at once. One that fails does not keep the others from hearing; a repetition tells all again, and
 * the notice's key lets them drop what they had.
 * @throws StepFailure `Pointsman.NotifyFailed` naming the channels that did not take it
 */
export function combinedNotifier(channels: Readonly<Record<string, Notifier>>): Notifier {
  return {
    async send(notice) {
      const failures = await Promise.all(
        Object.entries(channels).map(async ([name, channel]) => {
          try {
            await channel.send(notice);
            return [];
          } catch (thrown) {
            return [`${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`];
          }
        }),
      );
      const problems = failures.flat();
      if (problems.length > 0)
        throw new StepFailure('Pointsman.NotifyFailed', `"${notice.title}" did not reach ${problems.join('; ')}`);
    },
  };
}
