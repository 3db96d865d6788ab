// AN EMULATOR, MADE FROM DOCUMENTATION: it behaves as the reference of Cloud Tasks v2 says (REST reference of
// projects.locations.queues.tasks, guide "Create HTTP target tasks", "Quotas and limits") and as the comments of the
// service's published protos say. It was never compared with the service itself. What the service leaves open (order,
// doubled deliveries, delays) it does on purpose when asked to.
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { Clock } from '../../../engine/runner/ports.ts';

export interface RetryConfig {
  /** Attempts in all; -1 for no limit. */
  readonly maxAttempts: number;
  readonly minBackoffSeconds: number;
  readonly maxBackoffSeconds: number;
  readonly maxDoublings: number;
  /** From the first attempt; 0 for no limit. */
  readonly maxRetrySeconds: number;
}

export const DEFAULT_RETRY: RetryConfig = {
  maxAttempts: 100,
  minBackoffSeconds: 0.1,
  maxBackoffSeconds: 3600,
  maxDoublings: 16,
  maxRetrySeconds: 0,
};

export interface CloudTasksEmulatorOptions {
  readonly clock: Clock;
  /** Brings a task's request to its target; rejects when nobody answers. */
  readonly deliver: (request: Request) => Promise<Response>;
  readonly queues: Readonly<Record<string, Partial<RetryConfig>>>;
  /** What the service may do and seldom does. */
  readonly mischief?: {
    /** How often a delivery is made; one by default. */
    readonly copies?: () => number;
    /** Milliseconds that a delivery comes late. */
    readonly delayMs?: () => number;
  };
}

interface Task {
  readonly name: string;
  readonly queue: string;
  readonly request: HttpRequest;
  readonly createdAt: number;
  readonly deadlineSeconds: number;
  eta: number;
  attempts: number;
  responses: number;
  executions: number;
  firstAttemptAt: number | undefined;
  previous: number | undefined;
  cancel: () => void;
}

interface HttpRequest {
  readonly url: string;
  readonly httpMethod?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly oidcToken?: { readonly serviceAccountEmail: string; readonly audience?: string };
}

/** A name cannot be used again for about so long after its task was deleted or executed. */
const REMEMBERED_MS = 3_600_000;
const FURTHEST_MS = 30 * 24 * 3_600_000;
const TASK_BYTES = 1_048_576;
/** Tried without limit or not, a task is kept no longer. */
const KEPT_MS = 31 * 24 * 3_600_000;

/** Cloud Tasks as one fetch handler over a clock, and what it did. */
export function cloudTasksEmulator({ clock, deliver, queues, mischief = {} }: CloudTasksEmulatorOptions) {
  const tasks = new Map<string, Task>();
  const over = new Map<string, number>();
  /** By queue, until when it gives nothing: a target that is busy slows all of it. */
  const slowUntil = new Map<string, number>();
  const counts = { created: 0, refused: 0, looked: 0, attempts: 0 };
  let isClosed = false;
  let unnamed = 0;

  const retryOf = (queue: string): RetryConfig => ({ ...DEFAULT_RETRY, ...queues[queue] });

  async function api(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    const [, queue, id] =
      /^\/v2\/(projects\/[^/]+\/locations\/[^/]+\/queues\/[^/]+)\/tasks(?:\/([^/]+))?$/.exec(path) ?? [];
    if (!request.headers.get('authorization')?.startsWith('Bearer '))
      return refusal(401, 'UNAUTHENTICATED', 'no credentials');
    if (queue === undefined) return refusal(404, 'NOT_FOUND', `there is nothing at ${path}`);
    if (queues[queue] === undefined) return refusal(404, 'NOT_FOUND', 'Queue does not exist.');
    if (request.method === 'POST' && id === undefined) return create(queue, await request.text());
    const task = tasks.get(`${queue}/tasks/${id}`);
    if (request.method === 'GET' && id !== undefined) {
      counts.looked++;
      return task === undefined ? refusal(404, 'NOT_FOUND', 'The task no longer exists.') : Response.json(shown(task));
    }
    if (request.method === 'DELETE' && task !== undefined) {
      end(task);
      return Response.json({});
    }
    return refusal(404, 'NOT_FOUND', `no ${request.method} ${path}`);
  }

  function create(queue: string, text: string): Response {
    const { task: asked } = JSON.parse(text) as {
      readonly task: {
        readonly name?: string;
        readonly httpRequest?: HttpRequest;
        readonly scheduleTime?: string;
        readonly dispatchDeadline?: string;
      };
    };
    const now = clock.now();
    const name = asked.name ?? `${queue}/tasks/${10_000_000_000_000 + unnamed++}`;
    const request = asked.httpRequest;
    const at = asked.scheduleTime === undefined ? now : Date.parse(asked.scheduleTime);
    const deadlineSeconds = asked.dispatchDeadline === undefined ? 600 : Number.parseFloat(asked.dispatchDeadline);
    const invalid = (message: string) => refusal(400, 'INVALID_ARGUMENT', message);
    if (request?.url === undefined) return invalid('HttpRequest.url is required');
    if (
      name.slice(0, queue.length + 7) !== `${queue}/tasks/` ||
      !/^[A-Za-z0-9_-]{1,500}$/.test(name.slice(queue.length + 7))
    )
      return invalid(
        'Task name must be formatted: projects/PROJECT/locations/LOCATION/queues/QUEUE/tasks/[A-Za-z0-9_-]{1,500}',
      );
    if (Number.isNaN(at)) return invalid('scheduleTime is no time');
    if (at > now + FURTHEST_MS) return invalid('The task may be scheduled at most 30 days into the future');
    if (!(deadlineSeconds >= 15 && deadlineSeconds <= 1800))
      return invalid('The dispatch deadline is between 15s and 30m');
    if (Buffer.byteLength(text) > TASK_BYTES) return invalid('Task size too large');
    if (tasks.has(name) || (over.get(name) ?? 0) > now) {
      counts.refused++;
      return refusal(409, 'ALREADY_EXISTS', 'Requested entity already exists');
    }
    counts.created++;
    const task: Task = {
      name,
      queue,
      request,
      createdAt: now,
      deadlineSeconds,
      eta: Math.max(at, now),
      attempts: 0,
      responses: 0,
      executions: 0,
      firstAttemptAt: undefined,
      previous: undefined,
      cancel: () => {},
    };
    tasks.set(name, task);
    arm(task);
    return Response.json(shown(task));
  }

  function arm(task: Task): void {
    const late = mischief.delayMs?.() ?? 0;
    task.cancel = clock.at(toEpochMs(task.eta + late), () => {
      const open = slowUntil.get(task.queue) ?? 0;
      if (clock.now() < open) {
        task.cancel = clock.at(toEpochMs(open), () => void attempt(task));
        return;
      }
      const copies = mischief.copies?.() ?? 1;
      void attempt(task);
      for (let copy = 1; copy < copies; copy++) void dispatch(task); // given twice; nobody looks at this answer
    });
  }

  /** One try; undefined when nobody answered by the deadline. */
  async function dispatch(task: Task): Promise<Response | undefined> {
    if (isClosed) return undefined;
    counts.attempts++;
    const { request } = task;
    const gaveUp = Promise.withResolvers<undefined>();
    const abort = new AbortController();
    const disarm = clock.at(toEpochMs(clock.now() + task.deadlineSeconds * 1000), () => {
      abort.abort();
      gaveUp.resolve(undefined);
    });
    const method = request.httpMethod ?? 'POST';
    const body = request.body === undefined || method === 'GET' ? {} : { body: Buffer.from(request.body, 'base64') };
    const delivered = deliver(
      new Request(request.url, { method, headers: headersOf(task), signal: abort.signal, ...body }),
    ).catch(() => undefined);
    return Promise.race([delivered, gaveUp.promise]).finally(disarm);
  }

  async function attempt(task: Task): Promise<void> {
    task.firstAttemptAt ??= clock.now();
    const tries = task.attempts;
    const answering = dispatch(task);
    task.attempts++;
    const answer = await answering;
    await answer?.body?.cancel();
    if (isClosed || tasks.get(task.name) !== task) return;
    if (answer !== undefined) task.responses++;
    if (answer?.ok) return end(task);
    // Answers of 5xx mean that it was not executed.
    if (answer !== undefined && answer.status < 500) task.executions++;
    task.previous = answer?.status;
    const retry = retryOf(task.queue);
    const isOld = retry.maxRetrySeconds === 0 || clock.now() - task.firstAttemptAt >= retry.maxRetrySeconds * 1000;
    if (retry.maxAttempts !== -1 && task.attempts >= retry.maxAttempts && isOld) return end(task);
    if (clock.now() - task.createdAt >= KEPT_MS) return end(task);
    const pauseMs = backoffSeconds(retry, tries) * 1000;
    const asked = Number(answer?.headers.get('retry-after') ?? 0) * 1000;
    const isBusy = answer?.status === 429 || answer?.status === 503;
    if (isBusy)
      slowUntil.set(task.queue, Math.max(slowUntil.get(task.queue) ?? 0, clock.now() + Math.max(asked, pauseMs)));
    task.eta = clock.now() + Math.max(pauseMs, isBusy ? asked : 0);
    arm(task);
  }

  function end(task: Task): void {
    task.cancel();
    tasks.delete(task.name);
    over.set(task.name, clock.now() + REMEMBERED_MS);
  }

  return {
    api,
    /** Names of what waits or runs. */
    waiting: (): readonly string[] => [...tasks.keys()],
    counts: () => ({ ...counts }),
    /** Gives nothing more. */
    close(): void {
      isClosed = true;
      for (const task of tasks.values()) task.cancel();
    },
  };
}

/**
 * Seconds before the next try after `tries` tries and one more: doubled `maxDoublings` times, then growing by the same amount, up
 * to the longest. (Reference, RetryConfig.maxDoublings: 10, 20, 40, 80, 160, 240, 300, 300 for 10 s, 300 s and 3)
 */
export function backoffSeconds(
  { minBackoffSeconds, maxBackoffSeconds, maxDoublings }: RetryConfig,
  tries: number,
): number {
  const doubled = minBackoffSeconds * 2 ** Math.min(tries, maxDoublings);
  const grown = tries <= maxDoublings ? doubled : doubled * (tries - maxDoublings + 1);
  return Math.min(grown, maxBackoffSeconds);
}

function headersOf(task: Task): Record<string, string> {
  const { request, name, queue } = task;
  const own = Object.entries(request.headers ?? {}).filter(([header]) => !/^x-cloudtasks-/i.test(header));
  return {
    ...Object.fromEntries(own),
    'user-agent': 'Google-Cloud-Tasks',
    'x-cloudtasks-queuename': queue.slice(queue.lastIndexOf('/') + 1),
    'x-cloudtasks-taskname': name.slice(name.lastIndexOf('/') + 1),
    'x-cloudtasks-taskretrycount': String(task.attempts),
    'x-cloudtasks-taskexecutioncount': String(task.executions),
    'x-cloudtasks-tasketa': (task.eta / 1000).toFixed(6),
    ...(task.previous === undefined ? {} : { 'x-cloudtasks-taskpreviousresponse': String(task.previous) }),
    ...(request.oidcToken && { authorization: `Bearer ${unsignedToken(request)}` }),
  };
}

/** What Google signs; here nobody does, in the form in which a function behind Cloud Run's own check sees it. */
function unsignedToken({ oidcToken, url }: HttpRequest): string {
  const claims = {
    iss: 'https://accounts.google.com',
    aud: oidcToken?.audience ?? url,
    email: oidcToken?.serviceAccountEmail,
    email_verified: true,
    exp: 4_102_444_800,
  };
  const parts = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return [...parts, 'SIGNATURE_REMOVED_BY_GOOGLE'].join('.');
}

const shown = ({ name, eta, createdAt, attempts, responses, deadlineSeconds }: Task) => ({
  name,
  scheduleTime: new Date(eta).toISOString(),
  createTime: new Date(createdAt).toISOString(),
  dispatchDeadline: `${deadlineSeconds}s`,
  dispatchCount: attempts,
  responseCount: responses,
});

const refusal = (code: number, status: string, message: string): Response =>
  Response.json({ error: { code, status, message } }, { status: code });
