import { changedNothing, joinSteps, type Step, step as nextStep, type StepContext } from '../core/index.ts';
import type { Committer } from './committer.ts';
import type { Answer, Letter, MailboxesOptions } from './mailboxes.ts';
import type { ExecutionArn } from './ports.ts';
import type { RunnerOptions } from './runner-options.ts';
import { advance, type Loaded, type StateCache } from './state-cache.ts';

export interface LetterOpenerOptions extends Pick<RunnerOptions, 'onProblem'> {
  readonly cache: StateCache;
  readonly committer: Pick<Committer, 'commit'>;
  readonly context: () => StepContext;
}

/** Opens an execution's letters: steps through them, and writes what they changed in one commit. */
export function letterOpener({ cache, committer, context, onProblem }: LetterOpenerOptions): MailboxesOptions['open'] {
  /** What became of each letter. `conflict`: another writer was faster, and nothing was written. */
  async function tryOpen(arn: ExecutionArn, letters: readonly Letter[]): Promise<readonly Answer[] | 'conflict'> {
    const before = await cache.get(arn);
    if (before === undefined) return letters.map(() => 'ignored');
    const { now, step, answers } = stepThrough(before, letters, context);
    if (step === undefined || (await committer.commit(now, step)) === 'committed') return answers;
    cache.forget(arn);
    return 'conflict';
  }

  return async (arn, letters) => {
    try {
      let answers = await tryOpen(arn, letters);
      while (answers === 'conflict') answers = await tryOpen(arn, letters); // read again, step again
      for (const [i, { answered }] of letters.entries()) answered?.(answers[i] ?? 'ignored');
      return 'opened';
    } catch (thrown) {
      cache.forget(arn);
      onProblem('events could not be written and will be tried again', arn, thrown);
      return 'again';
    }
  };
}

/** Steps through the letters one after the other; `step` joins what they changed, undefined for nothing. */
function stepThrough(before: Loaded, letters: readonly Letter[], context: () => StepContext) {
  let now = before;
  const taken: Step[] = [];
  const answers: Answer[] = [];
  for (const { event, wanted } of letters) {
    const isWanted = wanted?.(now) ?? true;
    const step = isWanted ? nextStep(now.machine, now, event, context()) : undefined;
    const changed = step !== undefined && !changedNothing(step);
    answers.push(changed || (isWanted && wanted !== undefined) ? 'taken' : 'ignored');
    if (!changed) continue;
    now = advance(now, step);
    taken.push(step);
  }
  const [first, ...others] = taken;
  return { now, step: first && joinSteps(first, ...others), answers };
}
