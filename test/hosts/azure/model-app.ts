import { AsyncLocalStorage } from 'node:async_hooks';
import type { AppWork } from '../../../adapters/azure/host/register-functions.ts';
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { Clock, EffectQueue } from '../../../engine/runner/ports.ts';
import { answerClientCalls, clientData } from './client-calls.ts';
import { durableModel, type DurableModel, Lost } from './durable-model.ts';
import { installFunctionsCore, type Registry, type TypedData } from './functions-core.ts';

/** What a test does to the messages of the task hub. Chances are 0–1. */
export interface Mischief {
  readonly uniform: () => number;
  /** Every message is delivered twice. */
  readonly doubles?: boolean;
  /** Messages come up to this late, and so out of order. */
  readonly delayMs?: number;
  /** Processes side by side, among which the invocations are spread; 1 when absent. */
  readonly processes?: number;
  /** Of the messages, those whose process ends somewhere before it answers; they are delivered again. */
  readonly kills?: number;
}

export interface ModelAppOptions {
  readonly clock: Clock;
  /** What a process of the app does. What it is given must be used through `mortal` where it may die. */
  readonly start: (process: { readonly queue: EffectQueue; readonly isDead: () => boolean }) => AppWork;
  readonly mischief?: Mischief | undefined;
  /** Told that something goes on. */
  readonly progressed?: () => void;
  readonly onProblem: (problem: string, thrown: unknown) => void;
}

/**
 * The functions of the app, registered in and invoked through the real packages `@azure/functions` and
 * `durable-functions`, over a model of the Durable extension (`durable-model.ts` says of what). Nothing listens.
 */
export interface ModelApp {
  readonly model: DurableModel;
  readonly registry: Registry;
  /** A function that an HTTP request triggers, by name. */
  http(name: string, request: Request): Promise<Response>;
  /** Any other function, by name, with what triggers it. */
  trigger(name: string, event: object): Promise<void>;
  /** Ends the process that this is called in, or any: what is under way never answers, and its messages are delivered again. */
  kill(): void;
  deaths(): number;
  /** Nothing is delivered any more. */
  end(): void;
}

/** After which a message whose process died is seen again. */
const VISIBLE_AGAIN_MS = 10;

interface Process {
  readonly work: AppWork;
  readonly died: Promise<never>;
  readonly kill: () => void;
}

export async function startModelApp(options: ModelAppOptions): Promise<ModelApp> {
  const { clock, start, mischief, progressed = () => {}, onProblem } = options;
  const core = installFunctionsCore();
  // The packages look for their core when they are loaded.
  const { registerFunctions } = await import('../../../adapters/azure/host/register-functions.ts');
  const { durableEffectQueue } = await import('../../../adapters/azure/durable/effect-queue.ts');

  let deaths = 0;
  let isOver = false;
  let client: Parameters<Parameters<typeof registerFunctions>[0]['use']>[0] | undefined;
  const living = new Map<number, Process>();
  /** The process that an invocation is in. */
  const inside = new AsyncLocalStorage<Process>();
  const at = (instant: number, run: () => void) => void clock.at(toEpochMs(instant), () => isOver || run());

  const queue = durableEffectQueue(() => {
    if (client === undefined) throw new Error('no invocation has brought a client');
    return client;
  });

  function process(): Process {
    const { uniform = () => 0, processes = 1 } = mischief ?? {};
    const place = Math.floor(uniform() * processes);
    const mine = living.get(place) ?? begin(place);
    living.set(place, mine);
    return mine;
  }

  function begin(place: number): Process {
    let dead = false;
    const { promise: died, reject } = Promise.withResolvers<never>();
    died.catch(() => {});
    return {
      work: start({ queue, isDead: () => dead }),
      died,
      kill() {
        if (dead) return;
        dead = true;
        if (!isOver) deaths++;
        living.delete(place);
        reject(new Lost('the process died'));
      },
    };
  }

  /** Runs an invocation in one of the processes. */
  function run<T>(call: () => Promise<T>, mine = process()): Promise<T> {
    return Promise.race([inside.run(mine, call), mine.died]);
  }

  /** Some turns of the event loop: in the middle of whatever the process does. */
  async function killSoon(mine: Process, uniform: () => number): Promise<void> {
    for (let turn = Math.floor(uniform() * 40); turn > 0; turn--) await Promise.resolve();
    mine.kill();
  }

  function deliver(handle: () => Promise<void>): void {
    progressed();
    answerClientCalls(() => model, progressed);
    handle().catch((thrown: unknown) => {
      if (!(thrown instanceof Lost)) onProblem('a message could not be handled', thrown);
      at(clock.now() + VISIBLE_AGAIN_MS, () => deliver(handle));
    });
  }

  const registry = core.register(() =>
    registerFunctions({
      work: async () => (inside.getStore() ?? process()).work,
      use: (given) => void (client = given),
      isSigned: true,
    }),
  );

  const model = durableModel({
    core,
    registry: () => registry,
    now: clock.now,
    at,
    clientData,
    deliver(_kind, handle) {
      const { uniform = () => 0, doubles = false, delayMs = 0 } = mischief ?? {};
      for (let copy = doubles ? 2 : 1; copy > 0; copy--)
        at(clock.now() + Math.floor(uniform() * delayMs), () => deliver(handle));
    },
    invoke(_name, call) {
      const mine = process();
      const { uniform = () => 1, kills = 0 } = mischief ?? {};
      if (uniform() < kills) void killSoon(mine, uniform);
      return run(call, mine);
    },
  });

  async function invoke(name: string, input: TypedData): Promise<TypedData | undefined> {
    const fn = registry.get(name);
    if (fn === undefined) throw new Error(`no function ${name} is registered`);
    answerClientCalls(() => model, progressed);
    const inputs = Object.entries(fn.metadata.bindings).flatMap(([binding, { type, direction }]) =>
      direction === 'out'
        ? []
        : [[binding, type === 'durableClient' ? { string: JSON.stringify(clientData) } : input] as const],
    );
    return run(() => core.invoke(fn, Object.fromEntries(inputs), () => {}));
  }

  return {
    model,
    registry,
    async http(name, request) {
      const { method, url, headers } = request;
      const body = { bytes: Buffer.from(await request.arrayBuffer()) };
      const sent = { method, url, headers: Object.fromEntries(headers), query: {}, params: {}, body };
      return readHttp(await invoke(name, { http: sent }));
    },
    trigger: async (name, event) => void (await invoke(name, { json: JSON.stringify(event) })),
    kill: () => (inside.getStore() ?? living.values().next().value)?.kill(),
    deaths: () => deaths,
    end() {
      isOver = true;
      for (const each of living.values()) each.kill();
    },
  };
}

interface HttpAnswer {
  readonly statusCode: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: { readonly bytes?: Uint8Array<ArrayBuffer> };
}

function readHttp(answer: TypedData | undefined): Response {
  if (answer?.http === undefined) throw new Error('the function gave no HTTP answer');
  const { statusCode, headers, body } = answer.http as HttpAnswer;
  return new Response(body?.bytes ?? null, { status: Number(statusCode), headers });
}
