import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FirestoreMock } from '@firebase-bridge/firestore-admin';
import { http as registerHttp } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { type Documents, firestoreDocuments } from '../../../adapters/gcp/firestore/documents.ts';
import { firestoreExecutionStore } from '../../../adapters/gcp/firestore/execution-store/firestore-execution-store.ts';
import { pacedCommits } from '../../../adapters/gcp/firestore/paced-commits.ts';
import { cloudTasksQueue } from '../../../adapters/gcp/host/cloud-tasks-queue.ts';
import { composeGcpEngine, type GcpEngine } from '../../../adapters/gcp/host/compose-engine.ts';
import { fetchFunction } from '../../../adapters/gcp/host/fetch-function.ts';
import { performFunction } from '../../../adapters/gcp/host/perform-function.ts';
import { callerCheck } from '../../../adapters/gcp/host/verify-caller.ts';
import type { LocalFunction } from '../../../adapters/local/local-function.ts';
import { type VirtualClock, virtualClock } from '../../../adapters/local/virtual-clock.ts';
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { ObjectStore } from '../../../engine/runner/object-store.ts';
import type { ExecutionStore, Ids } from '../../../engine/runner/ports.ts';
import { countingIds } from '../../support/counting-ids.ts';
import { mortal } from '../../support/unreliable-queue.ts';
import { cloudTasksEmulator, type CloudTasksEmulatorOptions } from './cloud-tasks-emulator.ts';
import { type Meter, meteredDocuments } from './metered-documents.ts';

export interface GcpHostOptions {
  /** By name; each is created through the API, so what this host does not offer is refused. JSON text, or what becomes it. */
  readonly definitions: Readonly<Record<string, object | string>>;
  /** By name, the last part of the ARN. */
  readonly functions: Readonly<Record<string, LocalFunction>>;
  readonly clock?: VirtualClock;
  readonly ids?: Ids;
  readonly objects?: ObjectStore;
  readonly mischief?: CloudTasksEmulatorOptions['mischief'];
  /** Of the requests to perform an effect, those whose instance ends somewhere before it answers. */
  readonly dies?: () => boolean;
  /** Instances that share the requests. */
  readonly instances?: number;
  /** Between the store and Firestore. */
  readonly wrapDocuments?: (documents: Documents) => Documents;
  readonly wrapStore?: (store: ExecutionStore) => ExecutionStore;
}

export interface GcpHost {
  /** The Step Functions wire API, served by the framework over HTTP. */
  readonly api: (request: Request) => Promise<Response>;
  /** Calls an operation; its answer, or its error as a rejection. */
  readonly call: (operation: string, input: object) => Promise<Record<string, unknown>>;
  /** Resolves when nothing runs and no timer is left: only the outside could go on. */
  readonly settled: () => Promise<void>;
  readonly store: ExecutionStore;
  readonly clock: VirtualClock;
  readonly meter: () => Meter;
  readonly tasks: () => {
    readonly created: number;
    readonly refused: number;
    readonly looked: number;
    readonly attempts: number;
  };
  readonly problems: readonly string[];
  readonly deaths: () => number;
  readonly end: () => Promise<void>;
}

export const PLACE = { region: 'us-east-1', account: '000000000000' } as const;

const QUEUE = 'projects/p/locations/us-central1/queues/pointsman';
const SERVICE_ACCOUNT = 'pointsman-tasks@p.iam.gserviceaccount.com';
const AUDIENCE = 'https://perform.example';
/** The sweep of the scheduler. */
const SWEEP_MS = 60_000;
/** Turns of the event loop after which a function that has not answered is taken for one that hangs: time goes on. */
const PATIENT_TURNS = 20;

/**
 * The host for Google Cloud over the real Functions Framework, on virtual time: its HTTP functions are served by the framework's
 * test server on loopback, Firestore is an emulator in memory under the official client, Cloud Tasks our own emulator. The
 * sweep that Cloud Scheduler makes every minute is made while anything happens.
 */
export async function startGcpHost(options: GcpHostOptions): Promise<GcpHost> {
  process.env['METADATA_SERVER_DETECTION'] = 'none';
  const clock = options.clock ?? virtualClock(Date.UTC(2026, 0, 1));
  const database = new FirestoreMock().createDatabase();
  const metered = meteredDocuments(firestoreDocuments(database.firestore()));
  const documents = clock.heldPort(options.wrapDocuments?.(metered) ?? metered);
  const functions = new Map(
    Object.entries(options.functions).map(([name, work]) => [functionArn(name), untilItHangs(clock, work)]),
  );
  const problems: string[] = [];
  const transits = new Map<string, () => void>();
  const living: (GcpEngine & { kill(): void })[] = [];
  let deaths = 0;
  let deliveries = 0;
  let sweepIsDue = false;

  const tasks = cloudTasksEmulator({
    clock,
    queues: { [QUEUE]: { maxAttempts: -1, minBackoffSeconds: 1, maxBackoffSeconds: 300, maxDoublings: 5 } },
    ...(options.mischief && { mischief: options.mischief }),
    deliver: (request) => throughTheFramework(request, performUrl),
  });

  function newInstance(): GcpEngine & { kill(): void } {
    let dead = false;
    const isDead = () => dead;
    const store = firestoreExecutionStore(mortal(documents, isDead), { now: clock.now });
    const queue = cloudTasksQueue({
      queue: QUEUE,
      target: { url: 'https://perform.example/', serviceAccount: SERVICE_ACCOUNT, audience: AUDIENCE },
      authorization: async () => 'Bearer of-the-function',
      clock,
      fetch: clock.heldCall(tasks.api),
    });
    const engine = composeGcpEngine({
      store: pacedCommits(options.wrapStore?.(store) ?? store, clock),
      queue: mortal(queue, isDead),
      functions: new Map(functions.entries().map(([arn, work]) => [arn, mortal({ work }, isDead).work])),
      objects: options.objects,
      place: PLACE,
      clock,
      ids: options.ids ?? countingIds(),
      onProblem: (problem, thrown, about) =>
        problems.push(
          [problem, about, thrown instanceof Error ? thrown.message : undefined].filter(Boolean).join(': '),
        ),
    });
    return { ...engine, kill: () => void (dead = true) };
  }

  function instance(): GcpEngine & { kill(): void } {
    while (living.length < (options.instances ?? 1)) living.push(newInstance());
    const [next] = living.splice(0, 1);
    if (next === undefined) throw new Error('there is no instance');
    living.push(next);
    return next;
  }

  /** Ends an instance in the middle of whatever it does: it answers nobody, and what it was about to do never happens. */
  async function dieSoon(mortalInstance: { kill(): void }): Promise<Response> {
    for (let turn = 1 + (deliveries % 13); turn > 0; turn--) await new Promise(setImmediate);
    mortalInstance.kill();
    const at = living.findIndex((each) => each === mortalInstance);
    if (at >= 0) living.splice(at, 1);
    deaths++;
    return new Response('the instance ended', { status: 500 });
  }

  /** Time stands still while a request is on its way, there and back; inside, whatever is under way holds it. */
  async function throughTheFramework(request: Request, url: string): Promise<Response> {
    const id = String(deliveries++);
    transits.set(id, clock.hold());
    sweepInAMinute();
    const headers = new Headers(request.headers);
    headers.set('x-transit', id);
    const body = await request.arrayBuffer();
    const { pathname, search } = new URL(request.url);
    try {
      const answer = await fetch(new URL(pathname + search, url), {
        method: request.method,
        headers,
        signal: request.signal,
        ...(body.byteLength > 0 && { body }),
      });
      const text = await answer.arrayBuffer();
      return new Response(text.byteLength > 0 ? text : null, { status: answer.status, headers: answer.headers });
    } finally {
      transits.get(id)?.();
      transits.delete(id);
    }
  }

  /** The function's side of it. */
  const inside =
    (handle: (request: Request) => Promise<Response>) =>
    async (request: Request): Promise<Response> => {
      const id = request.headers.get('x-transit') ?? '';
      const release = transits.get(id);
      try {
        const answering = handle(request);
        release?.();
        return await answering;
      } finally {
        if (transits.has(id)) transits.set(id, clock.hold());
      }
    };

  function sweepInAMinute(): void {
    if (sweepIsDue) return;
    sweepIsDue = true;
    clock.at(toEpochMs(clock.now() + SWEEP_MS), () => {
      sweepIsDue = false;
      instance()
        .runner.recover()
        .catch((thrown: unknown) => problems.push(`sweep: ${String(thrown)}`));
    });
  }

  const problemOf = callerCheck({ serviceAccount: SERVICE_ACCOUNT, audience: AUDIENCE });
  registerHttp(
    'perform',
    fetchFunction(
      inside(async (request) => {
        const given = instance();
        const perform = performFunction({
          ...given,
          problemOf,
          onProblem: (problem, thrown) => problems.push(`${problem}: ${String(thrown)}`),
        });
        return options.dies?.() === true ? Promise.race([perform(request), dieSoon(given)]) : perform(request);
      }),
    ),
  );
  registerHttp('api', fetchFunction(inside((request) => instance().api(request))));
  const servers = [getTestServer('perform'), getTestServer('api')];
  const [performUrl = '', apiUrl = ''] = await Promise.all(servers.map(listening));

  const api = (request: Request) => throughTheFramework(request, apiUrl);
  async function call(operation: string, input: object): Promise<Record<string, unknown>> {
    const headers = { 'x-amz-target': `AWSStepFunctions.${operation}`, 'content-type': 'application/x-amz-json-1.0' };
    const answer = await api(
      new Request('https://api.example/', { method: 'POST', headers, body: JSON.stringify(input) }),
    );
    const read = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok) throw new Error(`${String(read['__type'])}: ${String(read['message'])}`);
    return read;
  }

  const release = clock.hold(); // machines are created before time begins
  for (const [name, definition] of Object.entries(options.definitions))
    await call('CreateStateMachine', {
      name,
      definition: typeof definition === 'string' ? definition : JSON.stringify(definition),
      roleArn: `arn:aws:iam::${PLACE.account}:role/test`,
    });
  release();

  return {
    api,
    call,
    settled: () => clock.idle(),
    store: firestoreExecutionStore(metered, { now: clock.now }),
    clock,
    meter: metered.meter,
    tasks: tasks.counts,
    problems,
    deaths: () => deaths,
    async end() {
      tasks.close();
      clock.close();
      await Promise.all(servers.map(closed));
      database.delete();
    },
  };
}

export const functionArn = (name: string): string => `arn:aws:lambda:${PLACE.region}:${PLACE.account}:function:${name}`;
export const machineArn = (name: string): string =>
  `arn:aws:states:${PLACE.region}:${PLACE.account}:stateMachine:${name}`;

/** Time stands still while a function works, and goes on when it hangs. */
function untilItHangs(clock: VirtualClock, work: LocalFunction): LocalFunction {
  return async (input, call) => {
    const release = clock.hold();
    void (async () => {
      for (let turn = 0; turn < PATIENT_TURNS; turn++) await new Promise(setImmediate);
      release();
    })();
    return work(input, call).finally(release);
  };
}

function listening(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
