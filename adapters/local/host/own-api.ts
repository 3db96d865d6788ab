import { Hono } from 'hono';
import * as z from 'zod/mini';
import { StepFailure } from '../../../functions/step-failure.ts';
import type { Deployments } from './deployments.ts';
import type { Down } from './down.ts';
import { readBody } from './read-body.ts';
import { type RecoveryApiOptions, recoveryApi } from './recovery/recovery-api.ts';
import { Refusal, refuse } from './refusal.ts';
import type { ServiceStatuses } from './service-status.ts';

export interface OwnApiOptions {
  readonly statuses: ServiceStatuses;
  readonly deployments: Deployments;
  readonly down: Down;
  readonly recovery: RecoveryApiOptions;
  /** Packs a folder into the embedded registry and raises the push event. */
  readonly pushFolder: (push: z.output<typeof image>) => Promise<PushedImage>;
}

interface PushedImage {
  readonly image: string;
  readonly digest: string;
  /** The service that releases it; null when none here does. */
  readonly service: string | null;
  /** The rollout of this release; null when it is of no service here. */
  readonly executionArn: string | null;
  /** False when that rollout was there already, running or ended. */
  readonly started: boolean;
}

const deployment = z.strictObject({ reference: z.optional(z.string()), retry: z._default(z.boolean(), false) });
const order = z.strictObject({
  order: z.enum(['promote', 'abort']),
  by: z.string().check(z.minLength(1), z.maxLength(200)),
  reason: z.string().check(z.minLength(1), z.maxLength(2000)),
});
const image = z.strictObject({
  folder: z.string().check(z.startsWith('/', 'must be an absolute path')),
  image: z.string(),
  command: z.optional(z.array(z.string()).check(z.minLength(1))),
});
const down = z.strictObject({ service: z.optional(z.string()), force: z._default(z.boolean(), false) });

/** What Step Functions has no word for: services, their rollouts, protected groups, and images. JSON in, JSON out, under `/pointsman/v1`. */
export function ownApi({ statuses, deployments, recovery, pushFolder, down: end }: OwnApiOptions): Hono {
  const app = new Hono();
  app.get('/services', async (c) => c.json({ services: await statuses.all() }));
  app.get('/services/:service', async (c) => c.json(await statuses.of(c.req.param('service'))));
  app.post('/services/:service/deployments', async (c) => {
    const asked = await readBody(c, deployment);
    return c.json(await deployments.start(c.req.param('service'), asked));
  });
  app.post('/services/:service/orders', async (c) => {
    const given = await readBody(c, order);
    return c.json(await deployments.order(c.req.param('service'), given));
  });
  app.route('/groups', recoveryApi(recovery));
  app.post('/images', async (c) => c.json(await pushFolder(await readBody(c, image))));
  app.post('/down', async (c) => {
    const asked = await readBody(c, down);
    if (asked.service !== undefined) await statuses.of(asked.service); // refuses what there is not
    const ended = await end(asked);
    if (ended.host) c.header('connection', 'close'); // a kept connection would keep the host
    return c.json(ended);
  });
  app.onError((thrown, c) => {
    if (thrown instanceof Refusal) return refuse(c, thrown);
    if (thrown instanceof StepFailure) return refuse(c, refusalOf(thrown));
    throw thrown;
  });
  app.notFound((c) => refuse(c, new Refusal(404, 'NotFound', `there is no ${c.req.method} ${c.req.path}`)));
  return app;
}

/** A dead router is back within seconds: the host looks after it. */
function refusalOf({ name, message }: StepFailure): Refusal {
  if (name === 'Pointsman.BadInput') return new Refusal(400, name, message);
  if (name === 'Pointsman.NoSuchGroup') return new Refusal(404, name, message);
  if (name !== 'Pointsman.RouterUnreachable') return new Refusal(409, name, message);
  return new Refusal(
    503,
    name,
    message,
    'the host starts the router again within 10 s; traffic waits for that, not for you',
  );
}
