import type { Clock } from '../../functions/ports/clock.ts';
import type { Notifier } from '../../functions/ports/notifier.ts';
import { StepFailure } from '../../functions/step-failure.ts';
import { webhookSignature } from './webhook-signature.ts';

export interface WebhookNotifierOptions {
  readonly url: string;
  /** Gives the signing key, `whsec_` and Base64 or plain text, when a notice is sent; absent: notices are not signed. */
  readonly secret?: () => string | Promise<string>;
  readonly clock: Clock;
  /** Default 10. */
  readonly timeoutSeconds?: number;
  readonly fetch?: typeof fetch;
}

/**
 * Posts notices as JSON, `{type, timestamp, data}` with the headers `webhook-id` (the notice's key, the same for every
 * repetition), `webhook-timestamp`, and with a secret `webhook-signature`. (standardwebhooks.com, version 1)
 * @throws StepFailure `Pointsman.NotifyFailed` for any answer but 2xx, redirects included, and when none comes in time
 */
export function webhookNotifier(options: WebhookNotifierOptions): Notifier {
  const { url, secret, clock, timeoutSeconds = 10, fetch: post = fetch } = options;
  // A webhook's address is often a secret itself, so only its host is named.
  const { host } = new URL(url);

  return {
    async send(notice) {
      const now = clock.now();
      const timestamp = Math.floor(now / 1000);
      const body = JSON.stringify({ type: 'pointsman.notice', timestamp: new Date(now).toISOString(), data: notice });
      const headers = new Headers({
        'content-type': 'application/json',
        'webhook-id': notice.key,
        'webhook-timestamp': String(timestamp),
        'idempotency-key': notice.key,
      });
      if (secret) headers.set('webhook-signature', webhookSignature(await secret(), notice.key, timestamp, body));
      const signal = AbortSignal.timeout(timeoutSeconds * 1000);
      const answer = await post(url, { method: 'POST', headers, body, signal, redirect: 'manual' }).catch(
        (thrown: unknown) => {
          throw new StepFailure('Pointsman.NotifyFailed', `${host} did not answer: ${reasonOf(thrown)}`, {
            cause: thrown,
          });
        },
      );
      await answer.body?.cancel();
      if (!answer.ok)
        throw new StepFailure('Pointsman.NotifyFailed', `${host} answered ${answer.status}, only 2xx counts as taken`);
    },
  };
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? thrown.cause.message : thrown.message;
}
