import type { Effect } from '../core/index.ts';
import { toEpochMs } from '../data/instant.ts';
import { assembleRunner } from './create-runner.ts';
import type { EffectWork } from './effect-work.ts';
import type { EffectNotice, EffectQueue, ExecutionArn } from './ports.ts';
import type { Runner } from './runner.ts';
import type { RunnerOptions } from './runner-options.ts';

/**
 * A runner among many, none of which lives long: what a commit opens is sent as notices, and performed by whichever
 * process a notice is given to. Before an answer everything is committed and sent; what a process that ends in
 * between leaves behind is found when its notice is given again, when its request is repeated, or by `recover`.
 */
export interface QueuedRunner extends Runner {
  /**
   * Performs what a notice is about; resolves when what came of it is committed, and what that opened is sent. `gone`: it
   * was done or taken back before; `early`: it is sent again. Rejects when it could not be done: the queue gives it again.
   */
  perform(notice: EffectNotice): Promise<'performed' | 'gone' | 'early'>;
  /** Sends again what lies in the outbox and is due; a host calls it every minute. Gives the number of notices. */
  recover(): Promise<number>;
}

export interface QueuedRunnerOptions extends Omit<RunnerOptions, 'logs' | 'cachedExecutions'> {
  readonly queue: EffectQueue;
}

/** A timer that is due later was sent, or is sent by a later sweep. */
const SWEPT_AHEAD_MS = 60_000;
const NOTICES_AT_ONCE = 100;

export function createQueuedRunner({ queue, ...options }: QueuedRunnerOptions): QueuedRunner {
  const { store, clock } = options;
  let work: EffectWork | undefined;
  /** Given twice at the same time, an effect is performed once. */
  const underWay = new Map<string, Promise<unknown>>();

  async function sendAll(effects: AsyncIterable<{ arn: ExecutionArn; effect: Effect }>, until = Infinity) {
    let count = 0;
    let notices: EffectNotice[] = [];
    const flush = async () => {
      if (notices.length > 0) await queue.send(notices);
      count += notices.length;
      notices = [];
    };
    for await (const { arn, effect } of effects) {
      const notice = noticeOf(arn, effect);
      if ((notice.at ?? 0) > until) continue;
      notices.push(notice);
      if (notices.length === NOTICES_AT_ONCE) await flush();
    }
    await flush();
    return count;
  }

  const sendOpen = (arn: ExecutionArn) => sendAll(store.outbox(arn));

  // Another process may have stepped an execution since this one did: what is remembered of it would ignore what it waits for.
  const runner = assembleRunner(
    { ...options, cachedExecutions: 0 },
    {
      performer(assembled) {
        work = assembled;
        return {
          perform: (arn, effects) =>
            effects.length === 0 ? undefined : queue.send(effects.map((effect) => noticeOf(arn, effect))),
          withdraw: assembled.withdraw,
          close: () => {},
        };
      },
      among: {
        repeated: sendOpen,
        isOpen: async (arn, effectId) => (await store.effect(arn, effectId)) !== undefined,
      },
    },
  );

  /** A task that is late is given up by its own timer: what it still does is nobody's matter. */
  function untilItsDeadline(effect: Effect, done: Promise<unknown>): Promise<unknown> {
    if (effect.kind !== 'RunTask' || effect.deadline === undefined) return done;
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const disarm = clock.at(effect.deadline, resolve);
    return Promise.race([done, late]).finally(disarm);
  }

  function performOnce(arn: ExecutionArn, effect: Effect): Promise<unknown> {
    const name = `${arn}#${effect.id}`;
    const same = underWay.get(name);
    if (same !== undefined) return same;
    if (work === undefined) throw new Error('the runner has no hands yet');
    const done = untilItsDeadline(effect, work.perform(arn, effect)).finally(() => underWay.delete(name));
    underWay.set(name, done);
    return done;
  }

  return {
    ...runner,
    async perform(notice) {
      const { arn, effectId, kind, at } = notice;
      if (at !== undefined && at > clock.now()) {
        await queue.send([{ ...notice, link: notice.link + 1 }]);
        return 'early';
      }
      const effect = await store.effect(arn, effectId);
      if (effect === undefined) {
        // Most timers are taken back before their moment; what one that fired has left behind is found by `recover`.
        if (kind !== 'SetTimer') await sendOpen(arn);
        return 'gone';
      }
      if (effect.kind === 'SetTimer' && effect.at > clock.now()) {
        // A heartbeat has moved it since: what is committed says when, not the notice. The new moment's own notice is under way.
        await queue.send([noticeOf(arn, effect)]);
        return 'early';
      }
      await performOnce(arn, effect);
      return 'performed';
    },
    recover: () => sendAll(store.outbox(), toEpochMs(clock.now() + SWEPT_AHEAD_MS)),
  };
}

const noticeOf = (arn: ExecutionArn, effect: Effect): EffectNotice => ({
  arn,
  effectId: effect.id,
  kind: effect.kind,
  at: effect.kind === 'SetTimer' ? effect.at : undefined,
  link: 0,
});
