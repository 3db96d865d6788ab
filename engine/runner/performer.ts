import type { Effect } from '../core/index.ts';
import { toEpochMs } from '../data/instant.ts';
import type { EffectWork } from './effect-work.ts';
import type { Clock, ExecutionArn } from './ports.ts';
import type { RunnerOptions } from './runner-options.ts';
import { createTimers } from './timers.ts';

/** Sees to it that what committed steps ask for is done. */
export interface Performer {
  /** A promise where it is not in the hands of this process before it resolves. */
  perform(arn: ExecutionArn, effects: readonly Effect[]): Promise<void> | undefined;
  /** A later step has taken it back. */
  withdraw(arn: ExecutionArn, effectId: string): void;
  close(): void;
}

export interface PerformerOptions extends Pick<RunnerOptions, 'onProblem'> {
  readonly work: EffectWork;
  readonly clock: Clock;
}

/** Before what could not be done is tried again: doubled each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

/** What is told when it could not be done, where the kind has words of its own. */
const PROBLEMS: Readonly<Partial<Record<Effect['kind'], string>>> = {
  StartChild: 'an execution of a Map Run could not be started and will be tried again',
  StopChild: 'a child execution could not be stopped and will be tried again',
  StopMapRun: 'executions of a Map Run could not be stopped and will be tried again',
};
const PROBLEM = 'an effect stays in the outbox and will be performed again';

/** Performs effects in this process, which outlives them or finds them in the outbox when it starts again. */
export function createPerformer({ work, clock, onProblem }: PerformerOptions): Performer {
  const timers = createTimers(clock);
  /** Under way, or waiting for another try; by whom is told apart, as an id may be opened again. */
  const wanted = new Map<string, Effect>();

  function attempt(arn: ExecutionArn, effect: Effect, pauseMs = FIRST_PAUSE_MS): void {
    const name = `${arn}#${effect.id}`;
    wanted.set(name, effect);
    work.perform(arn, effect).then(
      () => void (wanted.get(name) === effect && wanted.delete(name)),
      (thrown: unknown) => {
        if (wanted.get(name) !== effect) return;
        // An event sink that is away is no problem of the execution.
        if (effect.kind !== 'Announce') onProblem(PROBLEMS[effect.kind] ?? PROBLEM, arn, thrown);
        const again = () => attempt(arn, effect, Math.min(pauseMs * 2, LONGEST_PAUSE_MS));
        timers.set(name, toEpochMs(clock.now() + pauseMs), again);
      },
    );
  }

  return {
    perform(arn, effects) {
      for (const effect of effects) {
        if (effect.kind === 'SetTimer')
          timers.set(`${arn}#${effect.id}`, effect.at, () => void work.perform(arn, effect));
        else attempt(arn, effect);
      }
      return undefined;
    },
    withdraw(arn, effectId) {
      const name = `${arn}#${effectId}`;
      wanted.delete(name);
      timers.cancel(name);
      work.withdraw(arn, effectId);
    },
    close: timers.cancelAll,
  };
}
