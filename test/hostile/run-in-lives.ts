import { createHash } from 'node:crypto';
import type { Machine } from '../../engine/asl/machine.ts';
import type { HistoryEvent } from '../../engine/core/history.ts';
import type { EpochMs } from '../../engine/data/instant.ts';
import { createRunner } from '../../engine/runner/create-runner.ts';
import { memoryExecutionStore } from '../../engine/runner/memory-execution-store.ts';
import type {
  ExecutionStore,
  ExecutionSummary,
  StoredExecution,
  TaskDispatcher,
  TaskOutcome,
} from '../../engine/runner/ports.ts';
import type { Runner } from '../../engine/runner/runner.ts';
import { storedMachine } from '../support/run-machine.ts';
import { type TestClock, testClock } from '../support/test-clock.ts';

export interface Lives {
  /**
   * The process ends after every commit, before anything of it is performed; or before every commit that was not tried before,
   * with what led to it done. The next one has only what was written.
   */
  readonly crashes: 'never' | 'after' | 'before';
  /** Results come twice and late, some for attempts that nobody made. */
  readonly noise: boolean;
  readonly stateEffort?: number;
  /** Decides how tasks end, the same in every life. */
  readonly seed: number;
}

export interface Run {
  readonly summary: ExecutionSummary;
  readonly history: readonly HistoryEvent[];
  /** As it is stored; undefined when it has ended well. */
  readonly frames: StoredExecution['frames'];
  readonly commits: number;
}

/** The same at every step, so that what chance decides is the same in every life. */
const sameIds = { next: () => '0'.repeat(32) };

/** Runs a machine until it ended, or until only a worker who never answers could move it on. */
export async function runInLives(machine: Machine, definition: string, input: string, lives: Lives): Promise<Run> {
  const stored = storedMachine('machine', definition);
  const kept = memoryExecutionStore();
  const world = outside(lives);
  const problems: unknown[] = [];
  let commits = 0;
  let crashed = false;
  let triedAt = -1;
  const written = async <Answer>(write: () => Promise<Answer>): Promise<Answer> => {
    if (lives.crashes === 'before' && triedAt < commits) {
      triedAt = commits;
      return crash();
    }
    const answer = await write();
    commits++;
    return lives.crashes === 'after' ? crash() : answer;
  };
  const crash = () => {
    crashed = true;
    return new Promise<never>(() => undefined);
  };
  const store: ExecutionStore = {
    ...kept,
    create: (summary, first) => written(() => kept.create(summary, asStored(first))),
    commit: (arn, version, change) => written(() => kept.commit(arn, version, asStored(change))),
    load: async (arn) => {
      const found = await kept.load(arn);
      return found && asStored(found);
    },
  };
  await kept.putMachine(stored);

  let clock = testClock();
  let arn = '';
  do {
    clock = testClock(clock.now());
    crashed = false;
    const runner = createRunner({
      store,
      dispatcher: world.dispatcher(clock),
      clock,
      ids: sameIds,
      ...(lives.stateEffort === undefined ? {} : { stateEffort: lives.stateEffort }),
      machineOf: () => machine,
      onProblem: (problem, _, thrown) => problems.push({ problem, thrown }),
    });
    world.goOn(clock, runner);
    if (arn === '') void runner.start({ machine: stored, name: 'run', input });
    else await runner.recover();
    const isRunning = async () => (await kept.summary(arn))?.status === 'RUNNING';
    for (let more = true; more && !crashed; ) {
      await quiet(runner, () => crashed);
      arn ||= (await kept.list({ limit: 1 })).items[0]?.arn ?? '';
      more = !crashed && ((await isRunning()) || (await open(kept))) && clock.advanceToNext();
    }
    if (problems.length > 0) throw new Error('the runner met a problem', { cause: problems[0] });
  } while (crashed);
  const end = await kept.load(arn);
  if (end === undefined) throw new Error('the execution is gone');
  const { items: history } = await kept.history(arn, { limit: 30_000, reverse: false });
  return { summary: end.summary, history, frames: end.frames, commits };
}

const asStored = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

const open = async (store: ExecutionStore): Promise<boolean> => (await Array.fromAsync(store.outbox())).length > 0;

/** Some turns of the event loop without a commit: whatever could follow from the last event has followed. */
async function quiet(runner: Runner, crashed: () => boolean): Promise<void> {
  for (let turn = 0; turn < 3 && !crashed(); turn++) {
    if (!crashed()) await Promise.race([runner.settled(), new Promise(setImmediate)]);
    await new Promise(setImmediate);
  }
}

type Fate = { readonly delayMs: number; readonly outcome: TaskOutcome } | 'never';

/** Workers. They outlive the process, and what they were asked once stays asked. */
function outside({ noise, seed }: Lives) {
  const due = new Map<string, { readonly at: EpochMs; readonly tell: (runner: Runner) => Promise<unknown> }>();
  let now: { clock: TestClock; runner: Runner } | undefined;

  const arm = (id: string) => {
    const entry = due.get(id);
    if (entry === undefined || now === undefined) return;
    const { runner } = now;
    // Whoever gets no answer tells it again.
    now.clock.at(entry.at, () => void entry.tell(runner).then(() => due.delete(id)));
  };

  const dispatcher = (clock: TestClock): TaskDispatcher => ({
    knows: () => true,
    cancel: () => undefined,
    dispatch({ key, taskToken, execution }, report) {
      const fate = fateOf(key, seed);
      if (taskToken !== undefined) report({ kind: 'succeeded', output: { accepted: key } });
      if (fate === 'never') return;
      const { outcome, delayMs } = fate;
      const at = firstAsked(key, clock.now()) + delayMs;
      const tell = async (runner: Runner) => {
        if (taskToken === undefined) report(outcome);
        else await answerByToken(runner, taskToken, outcome);
        if (!noise) return;
        void runner.taskSucceeded(Buffer.from(JSON.stringify([execution, 'root', '1', 'x'])).toString('base64url'), 1);
        if (taskToken === undefined) report({ kind: 'failed', error: 'E.Late', cause: 'it was told before' });
        else void runner.taskFailed(taskToken, { error: 'E.Late', cause: 'it was told before' });
      };
      due.set(key, { at: at as EpochMs, tell });
      arm(key);
    },
  });

  const asked = new Map<string, number>();
  const firstAsked = (key: string, at: number): number => {
    if (!asked.has(key)) asked.set(key, at);
    return asked.get(key) ?? at;
  };

  return {
    dispatcher,
    /** Before a new life: what workers with a token are still to say is said to it. Other tasks are asked for again. */
    goOn(clock: TestClock, runner: Runner) {
      now = { clock, runner };
      for (const id of due.keys()) arm(id);
    },
  };
}

const answerByToken = (runner: Runner, token: string, outcome: TaskOutcome) =>
  outcome.kind === 'succeeded'
    ? runner.taskSucceeded(token, outcome.output)
    : runner.taskFailed(token, { error: outcome.error, cause: outcome.cause });

/** Four answers, two delays and silence, by the attempt's key. No two attempts answer at the same millisecond, or nearly. */
function fateOf(key: string, seed: number): Fate {
  const dice = createHash('sha256').update(`${seed} ${key}`).digest();
  const delayMs = (dice.readUInt8(0) % 3) * 1000 + 1 + (dice.readUInt16BE(1) % 997);
  switch (dice.readUInt8(3) % 8) {
    case 0:
      return 'never';
    case 1:
      return { delayMs, outcome: { kind: 'failed', error: 'E.One', cause: 'so it happened' } };
    case 2:
      return { delayMs, outcome: { kind: 'failed', error: 'E.Two', cause: '' } };
    case 3:
      return { delayMs, outcome: { kind: 'succeeded', output: null } };
    default:
      return { delayMs, outcome: { kind: 'succeeded', output: { a: 1, items: [1, 2, 3], n: 1, text: 'x' } } };
  }
}
