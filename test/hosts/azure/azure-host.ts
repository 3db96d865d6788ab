import { appWork } from '../../../adapters/azure/host/app-work.ts';
import { composeQueuedEngine } from '../../../adapters/compose-queued-engine.ts';
import type { LocalFunctions } from '../../../adapters/local/local-function.ts';
import { inProcessTaskDispatcher } from '../../../adapters/local/task-dispatcher.ts';
import type { Authentication } from '../../../engine/api/index.ts';
import type { HistoryEvent } from '../../../engine/core/history.ts';
import { toEpochMs } from '../../../engine/data/instant.ts';
import { memoryExecutionStore } from '../../../engine/runner/memory-execution-store.ts';
import type { ExecutionStore, ExecutionSummary, Ids } from '../../../engine/runner/ports.ts';
import { countingIds } from '../../support/counting-ids.ts';
import type { TestClock } from '../../support/test-clock.ts';
import { mortal } from '../../support/unreliable-queue.ts';
import { type Mischief, type ModelApp, startModelApp } from './model-app.ts';

export interface AzureHostOptions {
  readonly clock: TestClock;
  /** By ARN. */
  readonly functions: LocalFunctions;
  /** What all processes share; in memory when absent. */
  readonly store?: ExecutionStore;
  readonly ids?: Ids;
  /** Absent: signatures are not looked at. */
  readonly authentication?: Authentication;
  readonly mischief?: Mischief;
  readonly onProblem?: (problem: string, thrown: unknown) => void;
  /** A minute, as in the app, when absent. */
  readonly sweepEveryMs?: number;
}

/** The Azure host of this project on the model of its platform, step by step: the test says when time passes. */
export interface AzureHost extends ModelApp {
  /** The Step Functions API, through the app's HTTP function. */
  readonly api: (request: Request) => Promise<Response>;
  /** Resolves when nothing goes on without time passing. */
  idle(): Promise<void>;
  /** Lets time pass, timer by timer, until it is so. @throws Error when it is not after so many steps */
  until(isSo: () => Promise<boolean>, steps?: number): Promise<void>;
  /** Lets time pass until the execution has ended and owes nobody anything. */
  ended(arn: string): Promise<ExecutionSummary>;
  history(arn: string): Promise<readonly HistoryEvent[]>;
}

const PLACE = { region: 'us-east-1', account: '000000000000' };
const MINUTE_MS = 60_000;

export async function startAzureHost(options: AzureHostOptions): Promise<AzureHost> {
  const { clock, functions, authentication, mischief, onProblem = () => {} } = options;
  const { store = memoryExecutionStore(), ids = countingIds(), sweepEveryMs = MINUTE_MS } = options;
  let progress = 0;
  let pending = 0;
  const progressed = () => void progress++;
  const counted = countedPort(store, (change) => {
    pending += change;
    progress++;
  });

  const app = await startModelApp({
    clock,
    mischief,
    progressed,
    onProblem,
    start({ queue, isDead }) {
      const dispatcher = inProcessTaskDispatcher({ functions, concurrency: 1000, clock, log: () => {} });
      const engine = composeQueuedEngine({
        store: mortal(counted, isDead),
        queue: mortal(queue, isDead),
        dispatcher: mortal(dispatcher, isDead),
        authentication,
        clock,
        ids,
        onProblem,
      });
      return appWork({ runner: engine.runner, api: engine.api(PLACE), store: counted, now: clock.now });
    },
  });

  async function idle(): Promise<void> {
    for (let quiet = 0; quiet < 5; ) {
      const before = progress;
      await new Promise(setImmediate);
      quiet = pending > 0 || progress !== before ? 0 : quiet + 1;
    }
  }

  async function until(isSo: () => Promise<boolean>, steps = 100_000): Promise<void> {
    for (let step = 0; step < steps; step++) {
      await idle();
      if (await isSo()) return;
      if (!clock.advanceToNext()) throw new Error('nothing will happen any more, and it is not so');
    }
    throw new Error(`it is not so after ${steps} steps`);
  }

  const sweep = () =>
    clock.at(toEpochMs(clock.now() + sweepEveryMs), () => {
      void app.trigger('pm_every_minute', {}).catch(() => {}); // the next one finds what this one did not
      sweep();
    });
  sweep();

  return {
    ...app,
    api: (request) => app.http('pm_api', request),
    idle,
    until,
    async ended(arn) {
      const isRunning = async () => (await store.summary(arn))?.status === 'RUNNING';
      await until(async () => !(await isRunning()) && (await Array.fromAsync(store.outbox())).length === 0);
      const summary = await store.summary(arn);
      if (summary === undefined) throw new Error(`there is no ${arn}`);
      return summary;
    },
    history: async (arn) => (await store.history(arn, { limit: 30_000, reverse: false })).items,
  };
}

/** Tells when calls begin and end. */
function countedPort<Port extends object>(port: Port, tell: (change: 1 | -1) => void): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const answer: unknown = Reflect.apply(member, target, args);
        if (!(answer instanceof Promise)) return answer;
        tell(1);
        return answer.finally(() => tell(-1));
      };
    },
  });
}
