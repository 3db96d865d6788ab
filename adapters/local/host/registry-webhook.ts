import { Hono } from 'hono';
import { readPushNotification } from '../../oci/push-notification.ts';
import type { Deployments } from './deployments.ts';
import { limitBody } from './limit-body.ts';
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
  readonly started: readonly {
    readonly image: string;
    readonly service: string;
    readonly executionArn: string;
    readonly started: boolean;
  }[];
  /** Images of no service here. */
  readonly ignored: readonly string[];
  /** Images that the registry does not have, or has no more. */
  readonly missing: readonly string[];
}

/**
 * `POST /webhooks/registry`: push events in the CNCF distribution's format. What a body says is a hint: it names a tag, and
 * the registry is asked what the tag points to. 400 for a body that is no notification, and then nothing is started.
 * A push there is nothing to do for is accepted: a registry sends what was refused again, and all that follows waits.
 */
export function registryWebhook({ deployments, serviceOf, log }: RegistryWebhookOptions): Hono {
  const app = new Hono();
  app.post('/registry', limitBody(MAX_BODY_BYTES), async (c) => {
    const notification = readPushNotification(parse(await c.req.text()));
    if (notification.kind === 'malformed') {
      log('a malformed registry notification was refused', { problem: notification.problem });
      return refuse(c, new Refusal(400, 'MalformedNotification', notification.problem));
    }
    const started: PushAnswer['started'][number][] = [];
    const ignored: string[] = [];
    const missing: string[] = [];
    for (const { repository, tag } of notification.pushes) {
      const image = `${repository}:${tag}`;
      const service = serviceOf(repository);
      if (service === undefined) {
        ignored.push(image);
        continue;
      }
      const deployment = await deployments.start(service, { reference: tag }).catch(imageNotFound);
      if (deployment === undefined) missing.push(image);
      else started.push({ image, service, ...deployment });
    }
    if (ignored.length > 0) log('pushed images of no service here', { ignored });
    if (missing.length > 0) log('pushed images that the registry does not have', { missing });
    return c.json({ started, ignored, missing } satisfies PushAnswer, 202);
  });
  app.onError((thrown, c) => {
    if (!(thrown instanceof Refusal)) throw thrown;
    log('a registry notification was refused', { code: thrown.code, problem: thrown.message });
    return refuse(c, thrown);
  });
  return app;
}

function imageNotFound(thrown: unknown): undefined {
  if (!(thrown instanceof Refusal) || thrown.code !== 'ImageNotFound') throw thrown;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
