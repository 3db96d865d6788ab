import { toEpochMs } from '../../engine/data/instant.ts';
import type { EffectNotice, EffectQueue } from '../../engine/runner/ports.ts';
import type { QueuedRunner } from '../../engine/runner/queued-runner.ts';
import type { TestClock } from './test-clock.ts';

export interface Mischief {
  /** Every notice is given twice. */
  readonly doubles?: boolean;
  /** Notices are given up to this long after they are due, and so out of order. */
  readonly delayMs?: number;
  /** Of the notices, those whose process ends somewhere before it answers, 0–1; they are given again. */
  readonly kills?: number;
}

/** A process that can be ended at any moment: what it was about to do never happens, and it answers nobody. */
export interface MortalProcess {
  readonly runner: QueuedRunner;
  kill(): void;
}

/** What a process that was killed finds of the world: nothing, ever. */
export function mortal<Port extends object>(port: Port, isDead: () => boolean): Port {
  const never = new Promise<never>(() => {});
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        if (isDead()) return never;
        const answer: unknown = Reflect.apply(member, target, args);
        return answer instanceof Promise ? answer.then((value: unknown) => (isDead() ? never : value)) : answer;
      };
    },
  });
}

/** A queue as a cloud's: at least once, in any order, late. A model: nothing of it leaves this process. */
export function unreliableQueue(
  clock: TestClock,
  uniform: () => number,
  make: (queue: EffectQueue) => MortalProcess,
  { doubles = false, delayMs = 0, kills = 0 }: Mischief,
) {
  let living: (MortalProcess & { readonly holds: Set<EffectNotice> }) | undefined;
  let given = 0;
  let deaths = 0;

  const giveAt = (at: number, notice: EffectNotice) => clock.at(toEpochMs(at), () => deliver(notice));
  const queue: EffectQueue = {
    async send(notices) {
      for (const notice of notices)
        for (let copy = doubles ? 2 : 1; copy > 0; copy--)
          giveAt(Math.max(notice.at ?? 0, clock.now()) + Math.floor(uniform() * delayMs), { ...notice });
    },
  };
  const process = () => (living ??= { ...make(queue), holds: new Set() });

  function deliver(notice: EffectNotice): void {
    given++;
    const { runner, holds } = process();
    holds.add(notice);
    if (uniform() < kills) void soon().then(() => holds.has(notice) && die());
    runner.perform(notice).then(
      () => holds.delete(notice),
      () => holds.delete(notice) && giveAt(clock.now() + 1000, notice),
    );
  }

  function die(): void {
    if (living === undefined) return;
    deaths++;
    living.kill();
    for (const notice of living.holds) giveAt(clock.now() + 10, notice);
    living = undefined;
  }

  /** Some turns of the event loop: in the middle of whatever the process does. */
  async function soon(): Promise<void> {
    for (let turn = Math.floor(uniform() * 20); turn > 0; turn--) await Promise.resolve();
  }

  return { runner: () => process().runner, given: () => given, deaths: () => deaths };
}
