import type { Logger } from 'pino';
import type { EventSink } from '../../engine/runner/ports.ts';
import { webhookSignature } from './webhook-signature.ts';

/** Writes events into the log. */
export const logEventSink = (log: Pick<Logger, 'info'>): EventSink => ({
  put: async (event) => log.info({ event }, event['detail-type']),
});

export interface WebhookEventSinkOptions {
  readonly url: string;
  /** Gives the signing key when an event is sent; absent: events are not signed. */
  readonly secret?: () => string | Promise<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Default 10. */
  readonly timeoutSeconds?: number;
  readonly fetch?: typeof fetch;
}

/**
 * Posts each event as it is, with its `id` as `webhook-id`, and with a secret signed. (standardwebhooks.com, version 1)
 * Any answer but 2xx, redirects included, rejects, and so does none in time.
 */
export function webhookEventSink(options: WebhookEventSinkOptions): EventSink {
  const { url, secret, now, timeoutSeconds = 10, fetch: post = fetch } = options;
  return {
    async put(event) {
      const [id, timestamp, body] = [event.id, Math.floor(now() / 1000), JSON.stringify(event)];
      const headers = new Headers({
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
      });
      if (secret) headers.set('webhook-signature', webhookSignature(await secret(), id, timestamp, body));
      const signal = AbortSignal.timeout(timeoutSeconds * 1000);
      const answer = await post(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`${new URL(url).host} answered ${answer.status}, only 2xx counts as taken`);
    },
  };
}

/** Gives each event to every sink; one that does not take it has all of them hear it again. */
export const combinedEventSink = (sinks: readonly EventSink[]): EventSink => ({
  async put(event) {
    await Promise.all(sinks.map((sink) => sink.put(event)));
  },
});
