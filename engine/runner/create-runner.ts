import type { ExecutionEvent, StepContext } from '../core/index.ts';
import { toEpochMs } from '../data/instant.ts';
import { createActivityDesk } from './activity-desk.ts';
import { createCommitter } from './committer.ts';
import { createEndWatchers } from './end-watchers.ts';
import { createExecutionLog } from './execution-log.ts';
import { outboxExit, outboxHand } from './leave-outbox.ts';
import { effectWork } from './effect-work.ts';
import { askAmong, type Hands } from './hands.ts';
import { type Ask, createMailboxes } from './mailboxes.ts';
import { redriveChild } from './map-run/redrive-child.ts';
import { letterOpener } from './open-letters.ts';
import { createPerformer } from './performer.ts';
import type { ExecutionArn, Page, StoredActivity } from './ports.ts';
import { executionRedriver } from './redrive-execution.ts';
import type { Runner } from './runner.ts';
import type { RunnerOptions } from './runner-options.ts';
import { executionStarter } from './start-execution.ts';
import { createStateCache } from './state-cache.ts';
import { tokenAnswers } from './token-answers.ts';

/** Before a commit that failed is tried again. */
const STORE_PAUSE_MS = 1000;

/** A runner whose process performs what it commits, and finds it again in the outbox when it starts. */
export const createRunner = (options: RunnerOptions): Runner =>
  assembleRunner(options, { performer: (work) => createPerformer({ ...options, work }) });

/**
 * The loop of every host that has an `ExecutionStore`: load, step, commit, perform. Events come through the mailboxes,
 * are stepped through by `open`, written and then performed by the committer; what is performed posts the next events.
 */
export function assembleRunner(options: RunnerOptions, { performer: performerOf, among }: Hands): Runner {
  const { store, clock, ids, machineOf, elsewhere, onProblem } = options;
  const cache = createStateCache(store, machineOf, options.cachedExecutions ?? 1000);
  const desk = createActivityDesk(clock);
  const ends = createEndWatchers(store);
  const hasActivity = (arn: string) => desk.known.has(arn);
  const { watch, stateEffort: effort } = options;
  const context = (): StepContext => ({ now: clock.now(), seed: ids.next(), watch, hasActivity, effort });

  const pause = () => new Promise<void>((resolve) => void clock.at(toEpochMs(clock.now() + STORE_PAUSE_MS), resolve));
  const mailboxes = createMailboxes({ open: (arn, letters) => open(arn, letters), pause });
  const post: Ask = (arn, letter) => new Promise((answered) => mailboxes.post(arn, { ...letter, answered }));
  const ask = askAmong(post, among);
  const release = (arn: ExecutionArn, mark: string) =>
    outboxHand(store)(arn, mark).catch((thrown: unknown) =>
      onProblem('a mark stays in the outbox and will be looked at again', arn, thrown),
    );
  const log = createExecutionLog({ ...options, release });
  const work = effectWork({
    ...options,
    objects: options.objects,
    events: options.events,
    desk,
    log,
    // What is waited for stays here: its end goes through the outbox.
    start: (request) =>
      (request.waiter === undefined && elsewhere?.(request.machine)?.start(request)) || start(request),
    redrive: (arn, executionType, round) => redriveChild(redriving, arn, executionType, round),
    stop: (arn) => ask(arn, { event: { kind: 'StopRequested', error: undefined, cause: undefined } }),
    ask,
    done: outboxExit(store, ask),
    tasks: options.tasks,
    isOpen: among?.isOpen,
  });
  const performer = performerOf(work);
  const committer = createCommitter({ ...options, cache, performer, ends, log });
  const open = letterOpener({ ...options, cache, committer, context });
  const start = executionStarter({ ...options, committer, context, repeated: among?.repeated });
  const redriving = { ...options, committer, context };

  async function loadActivities(): Promise<void> {
    for (let from: { from?: string } | undefined = {}; from !== undefined; ) {
      const { items, next }: Page<StoredActivity> = await store.catalog.activities.list('', { limit: 1000, ...from });
      for (const { arn } of items) desk.known.add(arn);
      from = next === undefined ? undefined : { from: next };
    }
  }

  return {
    start,
    async stop(arn: ExecutionArn, { error, cause }) {
      const before = await store.summary(arn);
      if (before === undefined) return { kind: 'unknown' };
      const answer = await ask(arn, { event: { kind: 'StopRequested', error, cause } });
      const execution = (await store.summary(arn)) ?? before;
      return { kind: answer === 'taken' ? 'stopped' : 'ended', execution };
    },
    redrive: executionRedriver(redriving),
    ...tokenAnswers(ask),
    async changeMapRun(arn, change) {
      const run = await store.mapRun(arn);
      if (run === undefined) return 'unknown';
      const event: ExecutionEvent = { kind: 'MapRunChanged', mapRun: arn, ...change };
      return (await ask(run.executionArn, { event })) === 'taken' ? 'changed' : 'ended';
    },
    activities: {
      created: (arn) => void desk.known.add(arn),
      deleted: (arn) => void desk.known.delete(arn),
      take: (arn, workerName, signal) =>
        desk.take(
          arn,
          async ({ execution, frame, attempt: key }) =>
            (await ask(execution, { event: { kind: 'ActivityTaken', frame, key, workerName } })) === 'taken',
          signal,
        ),
      close: desk.close,
    },
    async recover() {
      await loadActivities();
      let count = 0;
      for await (const { arn, effect } of store.outbox()) {
        await performer.perform(arn, [effect]);
        count++;
      }
      return count;
    },
    settled: mailboxes.settled,
    ended: ends.ended,
    async close() {
      desk.close();
      performer.close();
      await mailboxes.close();
      await log.close();
    },
  };
}
