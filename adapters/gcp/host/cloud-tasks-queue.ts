import { createHash, randomBytes } from 'node:crypto';
import { type EpochMs, toEpochMs } from '../../../engine/data/instant.ts';
import type { Clock, EffectNotice, EffectQueue } from '../../../engine/runner/ports.ts';

export interface CloudTasksQueueOptions {
  /** `projects/P/locations/L/queues/Q`. */
  readonly queue: string;
  /** Of the function that performs effects. */
  readonly target: {
    readonly url: string;
    /** Signs the token that the function is called with. */
    readonly serviceAccount: string;
    /** What the token is for; the URL when absent. */
    readonly audience?: string | undefined;
  };
  /** `Bearer …` for the Cloud Tasks API. */
  readonly authorization: () => Promise<string>;
  readonly clock: Clock;
  readonly fetch?: (request: Request) => Promise<Response>;
  readonly endpoint?: string;
}

/** A task lies at most 30 days ahead; the rest of a longer wait is the next link's. */
const FURTHEST_MS = 29 * 24 * 3_600_000;
/** An attempt that has not answered by then is given up and made again: the longest that there is. */
const DISPATCH_DEADLINE = '1800s';
/** Names of an effect whose task is over and which still waits; one in this time. */
const AGAIN_MS = 10 * 60_000;
const TRIES = 4;
const FIRST_PAUSE_MS = 200;
const SENDS_AT_ONCE = 20;

/**
 * Effects whose id comes again while the task of its last opening may still be running: that the name is taken says
 * nothing about this one. They are over in a moment, so a second task costs little.
 */
const COMING_AGAIN: ReadonlySet<EffectNotice['kind']> = new Set(['Continue', 'Deliver']);

/**
 * Notices as Cloud Tasks, over REST: the official client takes 161 ms to import and cannot be bundled. A task is named by
 * the hash of what it is about, so an effect that is sent again while its task waits or runs has one task. A name is taken for
 * about an hour after its task is over; an effect that waits still gets another name then.
 */
export function cloudTasksQueue(options: CloudTasksQueueOptions): EffectQueue {
  const { queue, target, clock } = options;
  const call = caller(options);

  async function create(id: string, notice: EffectNotice): Promise<'created' | 'taken'> {
    const task = taskOf(`${queue}/tasks/${id}`, notice, target, clock.now());
    const response = await call('POST', `${queue}/tasks`, { task });
    if (response.status === 409) return 'taken';
    await mustBeOk(response, `a task for ${notice.effectId} of ${notice.arn}`);
    return 'created';
  }

  async function sendOne(notice: EffectNotice): Promise<void> {
    const id = nameOf(notice);
    if ((await create(id, notice)) === 'created') return;
    if (COMING_AGAIN.has(notice.kind)) {
      await create(`${id}-${randomBytes(6).toString('hex')}`, notice);
      return;
    }
    const found = await call('GET', `${queue}/tasks/${id}`);
    if (found.status === 404) await create(`${id}-${Math.floor(clock.now() / AGAIN_MS)}`, notice);
    else await mustBeOk(found, `the task for ${notice.effectId} of ${notice.arn}`);
  }

  return {
    async send(notices) {
      const left = [...notices];
      const work = async () => {
        for (let next = left.shift(); next !== undefined; next = left.shift()) await sendOne(next);
      };
      await Promise.all(Array.from({ length: Math.min(SENDS_AT_ONCE, left.length) }, work));
    },
  };
}

/** The same for the same notice; its random beginning spreads tasks over Cloud Tasks' servers. */
const nameOf = ({ arn, effectId, at, link }: EffectNotice): string =>
  createHash('sha256')
    .update(`${arn}\n${effectId}\n${at ?? 0}\n${link}`)
    .digest('hex')
    .slice(0, 40);

function taskOf(name: string, notice: EffectNotice, target: CloudTasksQueueOptions['target'], now: EpochMs): object {
  const { at } = notice;
  const when = at === undefined || at <= now ? undefined : toEpochMs(Math.min(at, now + FURTHEST_MS));
  return {
    name,
    ...(when === undefined ? {} : { scheduleTime: new Date(when).toISOString() }),
    dispatchDeadline: DISPATCH_DEADLINE,
    httpRequest: {
      httpMethod: 'POST',
      url: target.url,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(notice)).toString('base64'),
      oidcToken: { serviceAccountEmail: target.serviceAccount, audience: target.audience ?? target.url },
    },
  };
}

/** Calls the API, again after a pause when it is busy, away or limits the rate. */
function caller({
  authorization,
  clock,
  fetch = globalThis.fetch,
  endpoint = 'https://cloudtasks.googleapis.com',
}: CloudTasksQueueOptions) {
  const pause = (ms: number) => new Promise<void>((resolve) => void clock.at(toEpochMs(clock.now() + ms), resolve));

  async function callOnce(method: string, path: string, body: object | undefined): Promise<Response> {
    const headers = { authorization: await authorization(), 'content-type': 'application/json' };
    return fetch(
      new Request(`${endpoint}/v2/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) }),
    );
  }

  return async (method: string, path: string, body?: object): Promise<Response> => {
    for (let tries = 1; ; tries++) {
      const answer = await callOnce(method, path, body).catch((thrown: unknown) => {
        if (tries === TRIES) throw thrown;
        return undefined;
      });
      const isBusy = answer === undefined || answer.status === 429 || answer.status >= 500;
      if (answer !== undefined && (!isBusy || tries === TRIES)) return answer;
      await answer?.body?.cancel();
      await pause(FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  };
}

async function mustBeOk(response: Response, what: string): Promise<void> {
  const text = await response.text();
  if (!response.ok) throw new Error(`Cloud Tasks answered ${response.status} for ${what}: ${text.slice(0, 500)}`);
}
