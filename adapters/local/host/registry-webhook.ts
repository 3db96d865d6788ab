import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { readPushNotification } from '../../oci/push-notification.ts';
import type { Deployments } from './deployments.ts';
import { Refusal, refuse } from './refusal.ts';

export interface RegistryWebhookOptions {
  readonly deployments: Deployments;
  /** The service a repository's pushes release; undefined for none. */
  readonly serviceOf: (repository: string) => string | undefined;
  readonly log: (message: string, details: object) => void;
}

/** A notification is a few kilobytes; more is somebody else's mistake. */
const MAX_BODY_BYTES = 256 * 1024;

/** What a push led to. */
export interface PushAnswer {
  readonly started: readonly { readonly image: string; readonly executionArn: string; readonly started: boolean }[];
  /** Images of no service here. */
  readonly ignored: readonly string[];
}

/**
 * `POST /webhooks/registry`: push events in the CNCF distribution's format. What a body says is a hint: it names a tag, and
 * the registry is asked what the tag points to. 400 for a body that is no notification, and then nothing is started.
 */
export function registryWebhook({ deployments, serviceOf, log }: RegistryWebhookOptions): Hono {
  const app = new Hono();
  const tooLarge = new Refusal(400, 'TooLarge', `a notification has at most ${MAX_BODY_BYTES} bytes`);
  app.post('/registry', bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => refuse(c, tooLarge) }), async (c) => {
    const notification = readPushNotification(parse(await c.req.text()));
    if (notification.kind === 'malformed') {
      log('a malformed registry notification was refused', { problem: notification.problem });
      return refuse(c, new Refusal(400, 'MalformedNotification', notification.problem));
    }
    const started: PushAnswer['started'][number][] = [];
    const ignored: string[] = [];
    for (const { repository, tag } of notification.pushes) {
      const image = `${repository}:${tag}`;
      const service = serviceOf(repository);
      if (service === undefined) ignored.push(image);
      else started.push({ image, ...(await deployments.start(service, { reference: tag })) });
    }
    if (ignored.length > 0) log('pushed images of no service here', { ignored });
    return c.json({ started, ignored } satisfies PushAnswer, 202);
  });
  app.onError((thrown, c) => {
    if (!(thrown instanceof Refusal)) throw thrown;
    log('a registry notification was refused', { code: thrown.code, problem: thrown.message });
    return refuse(c, thrown);
  });
  return app;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
