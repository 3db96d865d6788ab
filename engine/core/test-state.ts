import type { Machine, MapState, ParallelState } from '../asl/machine.ts';
import { toEpochMs } from '../data/instant.ts';
import type { Json, JsonObject } from '../data/json.ts';
import { batchLimitsIn, nextBatch } from './batch.ts';
import { argumentsOf } from './data-flow.ts';
import { type Draft, mustRun, newDraft, stateOf } from './draft.ts';
import type { Effect, ExecutionState, Failure, StartFrame, StepContext } from './execution.ts';
import { evaluating, failState } from './fail-state.ts';
import { scopesOf } from './leave-state.ts';
import { leaveLines } from './lines.ts';
import { iterationInput, type MapWork, readMapWork } from './map.ts';
import { take } from './step.ts';
import { exceeds, TOO_MANY_FAILED } from './map-run-counts.ts';
import { NO_COUNTS } from './map-run.ts';
import { toleranceIn } from './tolerance.ts';
import { recordEntered, takeTurn } from './turns.ts';

/** A state to be tested by itself, with all that a running execution would bring along. */
export interface StateTest {
  /** Its scope: the machine's own states, or those of a branch or a processor. */
  readonly machine: Machine;
  readonly state: string;
  readonly input: Json;
  readonly variables: JsonObject;
  /** Attempts that each retrier has used already. */
  readonly retryCount: number;
  /** What an ItemReader would read. */
  readonly readerData?: Json | undefined;
  /** Iterations of a Map that failed although the Map has a result. */
  readonly failedIterations: number;
  readonly facts: Omit<StartFrame, 'kind'>;
  readonly context: StepContext;
}

/** What the state's work came to: a task's, or all branches' or iterations'. Of a Wait, that its time has passed. */
export type TestAnswer =
  | { readonly kind: 'succeeded'; readonly output: Json }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'passed' };

/** Where a test stands. */
export type Tested =
  /** For a task or a timer; ask again with the answer. */
  | { readonly kind: 'waits'; readonly effect: Extract<Effect, { kind: 'RunTask' | 'SetTimer' }> }
  | { readonly kind: 'succeeded'; readonly output: Json; readonly next: string | null; readonly variables: JsonObject }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly variables: JsonObject }
  /** A retrier would try it again. */
  | { readonly kind: 'retries'; readonly variables: JsonObject }
  /** The test has more failed iterations than the Map has items. */
  | { readonly kind: 'too few items'; readonly items: number };

const ROOT = 'root';

/**
 * Runs one state as an execution would, to where it leaves, fails, or waits for the outside. A Parallel's branches and
 * a Map's iterations are not run: their answer is given. What came on the way is told to `context.watch`. Pure.
 */
export function testState(test: StateTest, answer?: TestAnswer): Tested {
  const draft = newDraft(test.machine, beforeState(test), test.context);
  const state = stateOf(draft, mustRun(draft, ROOT));
  if (state.type === 'Map') return testMap(draft, state, test, answer);
  if (state.type === 'Parallel') testParallel(draft, state, test, answer);
  else {
    takeTurn(draft, { kind: 'GoOn', frame: ROOT });
    if (answer !== undefined) takeAnswer(draft, answer);
  }
  return whereItStands(draft);
}

/** The execution as it would be at the moment the state is entered. */
function beforeState({ machine, state: name, input, variables, retryCount, facts }: StateTest): ExecutionState {
  const state = machine.states[name];
  return {
    head: { status: 'RUNNING', lastEventId: 0 },
    frames: {
      start: { kind: 'start', ...facts },
      [ROOT]: {
        kind: 'run',
        id: ROOT,
        parent: null,
        index: 0,
        state: name,
        input,
        variables,
        enteredEventId: 0,
        beforeEnteredEventId: 0,
        enteredAt: toEpochMs(0),
        previousEventId: 0,
        retries: state !== undefined && 'retry' in state ? state.retry.map(() => retryCount) : [],
        doing: { phase: 'entering' },
      },
    },
  };
}

function testParallel(draft: Draft, state: ParallelState, { input }: StateTest, answer: TestAnswer | undefined): void {
  recordEntered(draft, mustRun(draft, ROOT));
  evaluating(draft, ROOT, () => {
    argumentsOf(state.flow, input, scopesOf(draft, ROOT));
    leaveAnswered(draft, answer);
  });
}

function testMap(draft: Draft, state: MapState, test: StateTest, answer: TestAnswer | undefined): Tested {
  let items = Number.POSITIVE_INFINITY;
  recordEntered(draft, mustRun(draft, ROOT));
  evaluating(draft, ROOT, () => {
    const work = readMapWork(draft, ROOT, state, test.readerData);
    items = work.items.length;
    readIterations(draft, state, work);
    // A Map that is told its error fails with it, however many iterations failed.
    const failed = answer?.kind === 'failed' ? 0 : test.failedIterations;
    if (tolerates(draft, state, work.input, { failed, total: items })) leaveAnswered(draft, answer);
    else failState(draft, ROOT, TOO_MANY_FAILED);
  });
  return test.failedIterations > items ? { kind: 'too few items', items } : whereItStands(draft);
}

/** What the iterations would start with: items as an ItemSelector makes them, batches of them. */
function readIterations(draft: Draft, state: MapState, { input, items }: MapWork): void {
  const frame = mustRun(draft, ROOT);
  const scopes = scopesOf(draft, ROOT);
  const selected = items.map((value, index) => iterationInput(draft, frame, state, input, { index, value }));
  if (state.itemSelector !== undefined) scopes.seen('afterItemSelector', selected);
  const limits = batchLimitsIn(state.distributed?.batcher, scopes(input));
  if (limits === undefined) return;
  const batches: Json[] = [];
  for (let next = 0; next < selected.length; ) {
    const batch = nextBatch(limits, { next, total: selected.length, itemAt: (index) => selected[index] ?? null });
    batches.push(batch.input);
    next += batch.items;
  }
  scopes.seen('afterItemBatcher', batches);
}

/** Whether the Map bears as many failed iterations. @throws EvaluationError */
function tolerates(
  draft: Draft,
  state: MapState,
  input: Json,
  counts: { readonly failed: number; readonly total: number },
): boolean {
  const scopes = scopesOf(draft, ROOT);
  const tolerance = toleranceIn(state, scopes(input));
  if (tolerance.count !== undefined) scopes.seen('toleratedFailureCount', tolerance.count);
  if (tolerance.percentage !== undefined) scopes.seen('toleratedFailurePercentage', tolerance.percentage);
  return !exceeds({ itemCounts: { ...NO_COUNTS, ...counts } }, tolerance);
}

function leaveAnswered(draft: Draft, answer: TestAnswer | undefined): void {
  if (answer?.kind === 'succeeded') leaveLines(draft, ROOT, answer.output);
  if (answer?.kind === 'failed') failState(draft, ROOT, answer.failure);
}

/** An answer that nothing waits for changes nothing: the state failed before it came so far. */
function takeAnswer(draft: Draft, answer: TestAnswer): void {
  const { doing } = mustRun(draft, ROOT);
  if (doing.phase === 'waiting' && answer.kind === 'passed')
    take(draft, { kind: 'TimerFired', id: doing.timer, frame: ROOT });
  else if (doing.phase === 'waiting' && answer.kind === 'failed') failState(draft, ROOT, answer.failure);
  else if (doing.phase === 'task' && answer.kind === 'succeeded')
    take(draft, { kind: 'TaskSucceeded', frame: ROOT, key: doing.key, output: answer.output });
  else if (doing.phase === 'task' && answer.kind === 'failed')
    take(draft, { kind: 'TaskFailed', frame: ROOT, key: doing.key, failure: answer.failure });
}

function whereItStands(draft: Draft): Tested {
  const { end } = draft;
  const { variables, doing, enteredEventId, state, input } = mustRun(draft, ROOT);
  if (end?.status === 'SUCCEEDED') return { kind: 'succeeded', output: end.output, next: null, variables };
  if (end !== undefined) return { kind: 'failed', failure: { error: end.error, cause: end.cause }, variables };
  if (doing.phase === 'retrying') return { kind: 'retries', variables };
  if (enteredEventId === 0) return { kind: 'succeeded', output: input, next: state, variables };
  const effects = [...draft.opened.values()];
  const task = effects.find((effect) => effect.kind === 'RunTask');
  const effect = task ?? effects.find((each) => each.kind === 'SetTimer');
  if (effect === undefined)
    throw new Error(`the state "${state}" waits for its branches or iterations, whose result a test gives`);
  return { kind: 'waits', effect };
}
