import { Hono } from 'hono';
import type { Logger } from 'pino';
import { limitBody } from './limit-body.ts';
import { type OwnApiOptions, ownApi } from './own-api.ts';
import { Refusal, refuse } from './refusal.ts';
import { refuseBrowsers } from './refuse-browsers.ts';
import { type RegistryWebhookOptions, registryWebhook } from './registry-webhook.ts';

interface HostAppOptions extends Omit<OwnApiOptions, 'pushFolder'>, Omit<RegistryWebhookOptions, 'log'> {
  readonly pushFolder: OwnApiOptions['pushFolder'];
  /** The Step Functions wire API. */
  readonly stepFunctions: (request: Request) => Promise<Response>;
  readonly version: string;
  readonly log: Logger;
}

/** A definition may have 1 MiB; the envelope gets room beside it. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Everything the local host answers over HTTP. */
export function hostApp({ stepFunctions, version, log, serviceOf, ...options }: HostAppOptions): Hono {
  const app = new Hono();
  app.use(refuseBrowsers);
  app.use(limitBody(MAX_BODY_BYTES));
  app.get('/healthz', (c) => c.json({ status: 'ok', pid: process.pid, version }));
  app.route(
    '/webhooks',
    registryWebhook({ ...options, serviceOf, log: (message, details) => log.warn(details, message) }),
  );
  app.route('/pointsman/v1', ownApi(options));
  app.post('/', (c) => stepFunctions(c.req.raw));
  app.notFound((c) => refuse(c, new Refusal(404, 'NotFound', `there is no ${c.req.method} ${c.req.path}`)));
  app.onError((thrown, c) => {
    if (thrown instanceof Refusal) return refuse(c, thrown);
    log.error({ err: thrown, path: c.req.path }, 'a request failed');
    return c.json({ error: { code: 'InternalFailure', message: 'the host failed; its log says why' } }, 500);
  });
  return app;
}
