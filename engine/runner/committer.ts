import type { Effect, Step } from '../core/index.ts';
import { randomnessOf } from '../core/randomness.ts';
import type { EndWatchers } from './end-watchers.ts';
import type { ExecutionLog } from './execution-log.ts';
import type { Performer } from './performer.ts';
import type { ExecutionSummary } from './ports.ts';
import type { RunnerOptions } from './runner-options.ts';
import { committed, type Loaded, type StateCache } from './state-cache.ts';
import { statusEvent } from './status-event.ts';
import { endedSummary } from './summaries.ts';

/** Commit, then perform: the one way from a step to the world. */
export interface Committer {
  /** Writes an execution's first step. `exists` when its ARN is taken; nothing is written or performed then. */
  create(unwritten: Loaded, step: Step): Promise<ExecutionSummary | 'exists'>;
  /**
   * Writes what a step made of an execution that was loaded, and `changed`, its summary when the step does not only
   * end it. `conflict` when another writer was faster; nothing is written or performed then.
   */
  commit(advanced: Loaded, step: Step, changed?: ExecutionSummary): Promise<'committed' | 'conflict'>;
}

export interface CommitterOptions extends Pick<RunnerOptions, 'store' | 'events' | 'clock' | 'ids'> {
  readonly cache: StateCache;
  readonly performer: Pick<Performer, 'perform' | 'withdraw'>;
  readonly ends: EndWatchers;
  readonly log: Pick<ExecutionLog, 'marked' | 'committed'>;
}

export function createCommitter(options: CommitterOptions): Committer {
  const { store, events, clock, ids, cache, performer, ends, log } = options;

  /** The summary with the step's end, when it has one. */
  const ending = (summary: ExecutionSummary, { end }: Step) =>
    end === undefined ? summary : endedSummary(summary, end, clock.now());

  /** The step with what it has to tell: the status it starts with, when it does, and the one it ends with. */
  function announcing(step: Step, before: ExecutionSummary, after: ExecutionSummary): Step {
    if (events === undefined) return step;
    const starts = step.history.some(({ type }) => type === 'ExecutionStarted' || type === 'ExecutionRedriven');
    const told = [...(starts ? [before] : []), ...(step.end === undefined ? [] : [after])];
    const effects = told.map((summary): Effect => {
      const id = `announce-${summary.status}-${step.head.lastEventId}`;
      return { kind: 'Announce', id, event: statusEvent(summary, randomnessOf(ids.next()).uuid(), clock.now()) };
    });
    return effects.length === 0 ? step : { ...step, opened: [...step.opened, ...effects] };
  }

  /** What is durable is remembered, and only now performed. */
  function afterCommit(loaded: Loaded, step: Step): Promise<void> | undefined {
    const { arn } = loaded.summary;
    if (step.end === undefined) cache.put(loaded);
    else cache.forget(arn);
    log.committed(loaded, step);
    for (const id of step.closed) performer.withdraw(arn, id);
    const performed = performer.perform(arn, step.opened);
    if (step.end !== undefined) ends.tell(loaded.summary);
    return performed;
  }

  return {
    async create(unwritten, first) {
      const summary = ending(unwritten.summary, first);
      const step = log.marked(unwritten, announcing(first, unwritten.summary, summary));
      if ((await store.create(summary, { ...step, summary })) === 'exists') return 'exists';
      await afterCommit(committed(unwritten, summary), step);
      return summary;
    },
    async commit(advanced, taken, changed) {
      const before = changed ?? advanced.summary;
      const after = ending(before, taken);
      const step = log.marked(advanced, announcing(taken, before, after));
      const summary = after === advanced.summary ? undefined : after;
      const answer = await store.commit(advanced.summary.arn, advanced.version, { ...step, summary });
      if (answer === 'committed') await afterCommit(committed(advanced, summary), step);
      return answer;
    },
  };
}
