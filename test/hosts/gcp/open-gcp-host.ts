import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FirestoreMock } from '@firebase-bridge/firestore-admin';
import { http as registerHttp } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { type Documents, firestoreDocuments } from '../../../adapters/gcp/firestore/documents.ts';
import { firestoreExecutionStore } from '../../../adapters/gcp/firestore/execution-store/firestore-execution-store.ts';
import { pacedCommits } from '../../../adapters/gcp/firestore/paced-commits.ts';
import { cloudTasksQueue } from '../../../adapters/gcp/host/cloud-tasks-queue.ts';
import { composeQueuedEngine, type QueuedEngine } from '../../../adapters/compose-queued-engine.ts';
import { fetchFunction } from '../../../adapters/gcp/host/fetch-function.ts';
import { performFunction } from '../../../adapters/gcp/host/perform-function.ts';
import { rememberedRevisions } from '../../../adapters/gcp/host/remembered-revisions.ts';
import { callerCheck } from '../../../adapters/gcp/host/verify-caller.ts';
import { randomIds } from '../../../adapters/local/random-ids.ts';
import { inProcessTaskDispatcher } from '../../../adapters/local/task-dispatcher.ts';
import type { VirtualClock } from '../../../adapters/local/virtual-clock.ts';
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { ExecutionStore } from '../../../engine/runner/ports.ts';
import { mortal } from '../../support/unreliable-queue.ts';
import type { HostParts, OpenedHost } from '../hosts.ts';
import { cloudTasksEmulator, type CloudTasksEmulatorOptions } from './cloud-tasks-emulator.ts';
import { meteredDocuments } from './metered-documents.ts';

/** What may go wrong, and what a test wants to see. */
export interface GcpExtras {
  readonly mischief?: CloudTasksEmulatorOptions['mischief'];
  /** Of the requests to perform an effect, those whose instance ends somewhere before it answers. */
  readonly dies?: () => boolean;
  /** Instances that share the requests; one by default. */
  readonly instances?: number;
  /** Whether Cloud Scheduler's sweep is made, every minute while anything happens. */
  readonly sweeps?: boolean;
  /** Between the store and Firestore. */
  readonly wrapDocuments?: (documents: Documents) => Documents;
  readonly wrapStore?: (store: ExecutionStore) => ExecutionStore;
}

type Instance = QueuedEngine & { kill(): void };
type Place = Parameters<OpenedHost['api']>[0];

const QUEUE = 'projects/p/locations/us-central1/queues/pointsman';
const SERVICE_ACCOUNT = 'pointsman-tasks@p.iam.gserviceaccount.com';
const AUDIENCE = 'https://perform.example/';
const RETRIES = { maxAttempts: -1, minBackoffSeconds: 1, maxBackoffSeconds: 300, maxDoublings: 5 };
const SWEEP_MS = 60_000;

/**
 * The host for Google Cloud over the real Functions Framework, on virtual time: its HTTP functions are served by the framework's
 * test server on loopback, Firestore is an emulator in memory under the official client, Cloud Tasks our own emulator.
 */
export async function openGcpHost(parts: HostParts, extras: GcpExtras = {}) {
  process.env['METADATA_SERVER_DETECTION'] = 'none';
  const { clock, functions, around = (dispatcher) => dispatcher, objects, events, ids = randomIds, onProblem } = parts;
  const database = new FirestoreMock().createDatabase();
  const metered = meteredDocuments(firestoreDocuments(database.firestore()));
  const documents = clock.heldPort(extras.wrapDocuments?.(metered) ?? metered);
  const ways = waysThrough(clock);
  const living: Instance[] = [];
  let [deaths, deliveries, sweepIsDue, isClosed] = [0, 0, false, false];

  const tasks = cloudTasksEmulator({
    clock,
    queues: { [QUEUE]: RETRIES },
    ...(extras.mischief && { mischief: extras.mischief }),
    deliver: async (request) => {
      deliveries++;
      sweepInAMinute();
      return ways.go(request, performUrl);
    },
  });

  function newInstance(): Instance {
    let dead = false;
    const isDead = () => dead;
    const store = firestoreExecutionStore(mortal(documents, isDead), { now: clock.now });
    const queue = cloudTasksQueue({
      queue: QUEUE,
      target: { url: AUDIENCE, serviceAccount: SERVICE_ACCOUNT },
      authorization: async () => 'Bearer of-the-function',
      clock,
      fetch: clock.heldCall(tasks.api),
    });
    const dispatcher = around(inProcessTaskDispatcher({ functions, concurrency: 1000, clock, log: () => undefined }));
    const engine = composeQueuedEngine({
      store: rememberedRevisions(pacedCommits(extras.wrapStore?.(store) ?? store, clock)),
      queue: mortal(queue, isDead),
      dispatcher: mortal(dispatcher, isDead),
      objects: objects && clock.heldPort(objects),
      events: events && clock.heldPort(events),
      clock,
      ids,
      onProblem: (problem, thrown) => onProblem(problem, thrown),
    });
    return { ...engine, kill: () => void (dead = true) };
  }

  /** The next of the instances, in turn. */
  function instance(): Instance {
    while (living.length < (extras.instances ?? 1)) living.push(newInstance());
    const [next, ...others] = living;
    if (next === undefined) throw new Error('there is no instance');
    living.splice(0, living.length, ...others, next);
    return next;
  }

  /** Ends an instance in the middle of whatever it does: it answers nobody, and what it was about to do never happens. */
  async function dieSoon(given: Instance): Promise<Response> {
    for (let turn = 1 + (deliveries % 13); turn > 0; turn--) await new Promise(setImmediate);
    given.kill();
    living.splice(0, living.length, ...living.filter((each) => each !== given));
    deaths++;
    return new Response('the instance ended', { status: 500 });
  }

  function sweepInAMinute(): void {
    if (sweepIsDue || extras.sweeps !== true) return;
    sweepIsDue = true;
    clock.at(toEpochMs(clock.now() + SWEEP_MS), () => {
      sweepIsDue = false;
      if (isClosed) return;
      instance()
        .runner.recover()
        .catch((thrown: unknown) => onProblem('a sweep failed', thrown));
    });
  }

  const problemOf = callerCheck({ serviceAccount: SERVICE_ACCOUNT, audience: AUDIENCE });
  registerHttp(
    'perform',
    fetchFunction(
      ways.through(async (request) => {
        const given = instance();
        const answer = performFunction({ ...given, problemOf, onProblem })(request);
        return extras.dies?.() === true ? Promise.race([answer, dieSoon(given)]) : answer;
      }),
    ),
  );
  registerHttp('api', fetchFunction(ways.through((request) => instance().api(placeIn(request))(request))));
  const servers = [getTestServer('perform'), getTestServer('api')];
  const [performUrl = '', apiUrl = ''] = await Promise.all(servers.map(listening));

  return {
    api: (place: Place) => async (request: Request) => {
      sweepInAMinute();
      return ways.go(request, apiUrl, { 'x-place': `${place.region} ${place.account}` });
    },
    store: firestoreExecutionStore(metered, { now: clock.now }),
    meter: metered.meter,
    tasks: tasks.counts,
    deaths: () => deaths,
    async close() {
      isClosed = true;
      tasks.close();
      await Promise.all(servers.map(closed));
      database.delete();
    },
  };
}

function placeIn({ headers }: Request): Place {
  const [region = '', account = ''] = headers.get('x-place')?.split(' ') ?? [];
  return { region, account };
}

/** Time stands still while a request is on its way, there and back; inside, whatever is under way holds it. */
function waysThrough(clock: VirtualClock) {
  const transits = new Map<string, () => void>();
  let requests = 0;
  return {
    async go(request: Request, url: string, more: Readonly<Record<string, string>> = {}): Promise<Response> {
      const id = String(requests++);
      transits.set(id, clock.hold());
      const headers = new Headers([...request.headers, ...Object.entries(more), ['x-transit', id]]);
      const { method, signal } = request;
      try {
        const body = await request.arrayBuffer();
        const { pathname, search } = new URL(request.url);
        const target = new URL(pathname + search, url);
        const answer = await fetch(target, { method, headers, signal, ...(body.byteLength > 0 && { body }) });
        const text = await answer.arrayBuffer();
        return new Response(text.byteLength > 0 ? text : null, { status: answer.status, headers: answer.headers });
      } finally {
        transits.get(id)?.();
        transits.delete(id);
      }
    },
    through:
      (handle: (request: Request) => Promise<Response>) =>
      async (request: Request): Promise<Response> => {
        const id = request.headers.get('x-transit') ?? '';
        const arrived = transits.get(id);
        try {
          const answering = handle(request);
          arrived?.();
          return await answering;
        } finally {
          if (transits.has(id)) transits.set(id, clock.hold());
        }
      },
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
