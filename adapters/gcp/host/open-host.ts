import { timingSafeEqual } from 'node:crypto';
import { Firestore } from '@google-cloud/firestore';
import { GoogleAuth } from 'google-auth-library';
import type { Logger } from 'pino';
import type { Clock, EventSink, ExecutionStore } from '../../../engine/runner/ports.ts';
import type { ObjectStore } from '../../../engine/runner/object-store.ts';
import type { Ports } from '../../../functions/ports/ports.ts';
import { type Configuration, readConfiguration } from '../../configuration.ts';
import { configuredNotifier } from '../../configured-notifier.ts';
import { addressesIn } from '../../local/host/addresses.ts';
import { authenticationIn } from '../../local/host/authentication.ts';
import { eventSinkIn } from '../../local/host/event-sink.ts';
import { executionLeases } from '../../local/host/execution-leases.ts';
import { putUsableWorkflows } from '../../local/host/workflow-machines.ts';
import { randomIds } from '../../local/random-ids.ts';
import { systemClock } from '../../local/system-clock.ts';
import { inProcessTaskDispatcher } from '../../local/task-dispatcher.ts';
import { readPushNotification } from '../../oci/push-notification.ts';
import { type Documents, firestoreDocuments } from '../firestore/documents.ts';
import { firestoreExecutionStore } from '../firestore/execution-store/firestore-execution-store.ts';
import { firestoreLeases } from '../firestore/leases.ts';
import { pacedCommits } from '../firestore/paced-commits.ts';
import { firestoreReleaseLedger } from '../firestore/release-ledger.ts';
import { firestoreRunOrders } from '../firestore/run-orders.ts';
import { cloudTasksQueue } from './cloud-tasks-queue.ts';
import { composeQueuedEngine } from '../../compose-queued-engine.ts';
import { rememberedRevisions } from './remembered-revisions.ts';
import { everyMinute } from './every-minute.ts';
import { performFunction } from './perform-function.ts';
import type { GcpWork } from './register-functions.ts';
import type { GcpSettings } from './settings.ts';
import { startPushed } from './start-pushed.ts';
import { stepFunctionsHere } from './step-functions-here.ts';
import { callerCheck } from './verify-caller.ts';

/** What a test puts in the place of Google's services. */
export interface GcpServices {
  readonly documents: Documents;
  readonly clock: Clock;
  readonly tasksApi?: ((request: Request) => Promise<Response>) | undefined;
  readonly authorization: () => Promise<string>;
  readonly objects?: ObjectStore | undefined;
  readonly events?: EventSink | undefined;
}

/** The platform decides how many tasks an instance has at a time: one for each request. */
const TASKS_AT_ONCE = 1000;

const CLOUD_PLATFORM = 'https://www.googleapis.com/auth/cloud-platform';

/** Google's own services, as the function's service account may use them. */
export async function googleServices({ database }: GcpSettings): Promise<GcpServices> {
  const auth = new GoogleAuth({ scopes: [CLOUD_PLATFORM] });
  return {
    documents: firestoreDocuments(new Firestore({ databaseId: database })),
    clock: systemClock,
    authorization: async () => `Bearer ${await auth.getAccessToken()}`,
  };
}

/**
 * The host from its settings and its configuration. Step functions are those whose ports are here: leases, ledger, orders, notices
 * and the clock; `morePorts` are what else a deployment brings. Workflows that name others are left out, and the log says which.
 */
export async function openGcpHost(
  settings: GcpSettings,
  services: GcpServices,
  workflows: string,
  log: Logger,
  morePorts: Partial<Ports> = {},
): Promise<GcpWork> {
  const configuration = readConfiguration(settings.configFile);
  const { documents, clock } = services;
  const store: ExecutionStore = pacedCommits(firestoreExecutionStore(documents, { now: clock.now }), clock);
  const addresses = addressesIn(configuration.aws);
  const ports: Partial<Ports> = {
    clock,
    leases: executionLeases(firestoreLeases(documents, clock), store),
    ledger: firestoreReleaseLedger(documents, clock),
    orders: firestoreRunOrders(documents),
    notifier: configuredNotifier(configuration.notifications, clock, log),
    ...morePorts,
  };
  const functions = stepFunctionsHere(ports, addresses.function);
  const onProblem = (problem: string, thrown: unknown, about?: string) => log.error({ err: thrown, about }, problem);
  const authentication = authenticationIn(configuration);
  const dispatcher = inProcessTaskDispatcher({
    functions,
    concurrency: TASKS_AT_ONCE,
    clock,
    log: (message, { key }) => onProblem(message, undefined, key),
  });
  const engine = composeQueuedEngine({
    store: rememberedRevisions(store),
    queue: cloudTasksQueue({
      queue: settings.queue,
      target: { url: settings.performUrl, serviceAccount: settings.tasksAccount },
      authorization: services.authorization,
      clock,
      ...(services.tasksApi && { fetch: services.tasksApi }),
    }),
    dispatcher,
    objects: services.objects ?? (await objectsIn(configuration)),
    events: services.events ?? eventSinkIn(configuration, log),
    authentication,
    clock,
    ids: randomIds,
    onProblem,
  });
  const names = [...functions.keys()].map((arn) => arn.split(':').at(-1) ?? '');
  const stepFunctionsApi = engine.api(configuration.aws);
  const putWorkflows = once(async () => {
    const leftOut = await putUsableWorkflows({ folder: workflows, store, addresses, functions: names, clock });
    if (leftOut.length > 0) log.warn({ workflows: leftOut }, 'workflows that name what is not here were left out');
  });
  const machine = async (name: string) => {
    await putWorkflows();
    return store.machine(addresses.machine(name));
  };
  const tell = (message: string, details: object) => log.info(details, message);
  const pushed = startPushed({ configuration, ...engine, deployMachine: () => machine('deploy'), log: tell });
  const webhook = registryWebhook(settings.webhookToken, pushed);
  return {
    api: async (request) => {
      if (new URL(request.url).pathname === '/webhooks/registry') return webhook(request);
      // Whoever reaches this function could move production.
      if (authentication === undefined)
        return Response.json(
          { error: 'the API is closed: name keys under `authentication` in pointsman.yaml' },
          { status: 403 },
        );
      await putWorkflows();
      return stepFunctionsApi(request);
    },
    perform: performFunction({
      ...engine,
      problemOf: callerCheck({ serviceAccount: settings.tasksAccount, audience: settings.performUrl }),
      onProblem,
    }),
    pushed,
    everyMinute: everyMinute({
      ...engine,
      store,
      documents,
      schedules: configuration.schedules,
      machine,
      clock,
      log: tell,
      onProblem,
    }),
  };
}

/** Does it at the first call, for all that come; when it fails, the next call tries again. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () =>
    (done ??= work().catch((thrown: unknown) => {
      done = undefined;
      throw thrown;
    }));
}

/** A folder would end with the instance: objects are those of a service that speaks S3's protocol, as Cloud Storage does. */
async function objectsIn({ objects }: Configuration): Promise<ObjectStore | undefined> {
  if (objects.type !== 's3') return undefined;
  const { s3ObjectStore } = await import('../../aws/object-store.ts');
  return s3ObjectStore(objects);
}

/** Push events of any other registry, in the CNCF distribution's format, from who shows the token. */
function registryWebhook(
  token: string | undefined,
  pushed: GcpWork['pushed'],
): (request: Request) => Promise<Response> {
  return async (request) => {
    const given = request.headers.get('x-pointsman-token') ?? '';
    const isRight =
      token !== undefined &&
      Buffer.byteLength(given) === Buffer.byteLength(token) &&
      timingSafeEqual(Buffer.from(given), Buffer.from(token));
    if (!isRight)
      return Response.json({ error: 'who pushes shows POINTSMAN_WEBHOOK_TOKEN in x-pointsman-token' }, { status: 403 });
    const notification = readPushNotification(await request.json().catch(() => undefined));
    if (notification.kind === 'malformed') return Response.json({ error: notification.problem }, { status: 400 });
    for (const { eventId, repository, tag, digest } of notification.pushes)
      await pushed({ id: eventId, repository, tag, digest });
    return Response.json({ pushes: notification.pushes.length }, { status: 202 });
  };
}
