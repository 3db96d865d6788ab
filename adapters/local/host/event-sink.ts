import type { Logger } from 'pino';
import type { EventSink } from '../../../engine/runner/ports.ts';
import type { Configuration } from '../../configuration.ts';
import { combinedEventSink, logEventSink, secretReference, webhookEventSink } from '../../notify/index.ts';

/** The sinks of the configuration as one; undefined when it names none. */
export function eventSinkIn({ events }: Configuration, log: Logger): EventSink | undefined {
  if (events.length === 0) return undefined;
  return combinedEventSink(
    events.map((sink) => {
      if (sink.type === 'log') return logEventSink(log);
      const { url, secret } = sink;
      return webhookEventSink({
        url,
        now: Date.now,
        ...(secret === undefined ? {} : { secret: secretReference(secret) }),
      });
    }),
  );
}
