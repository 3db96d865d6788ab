import { describe, expect, it } from 'vitest';
import { toEpochMs } from '../../engine/data/instant.ts';
import { virtualClock } from './virtual-clock.ts';

const START = Date.UTC(2024, 0, 1);
const after = (ms: number) => toEpochMs(START + ms);
const YEAR_MS = 365 * 24 * 3600 * 1000;

describe('virtualClock', () => {
  it('goes to a timer a year ahead as soon as nothing is held', async () => {
    const clock = virtualClock(START);
    const fired: number[] = [];
    clock.at(after(YEAR_MS), () => fired.push(clock.now()));
    await clock.idle();

    expect(fired).toEqual([START + YEAR_MS]);
  });

  it('fires timers in the order of their moments, those of one moment as they were set', async () => {
    const clock = virtualClock(START);
    const fired: string[] = [];
    const say = (name: string) => () => fired.push(`${name} at ${clock.now() - START}`);
    clock.at(after(20), say('late'));
    clock.at(after(10), say('first'));
    clock.at(after(10), say('second'));
    await clock.idle();

    expect(fired).toEqual(['first at 10', 'second at 10', 'late at 20']);
  });

  it('fires a timer whose moment has passed at once, and does not go back', async () => {
    const clock = virtualClock(START);
    const fired: number[] = [];
    clock.at(after(10), () => clock.at(after(5), () => fired.push(clock.now() - START)));
    await clock.idle();

    expect(fired).toEqual([10]);
  });

  it('stands still while it is held, and goes on when the last hold is given back', async () => {
    const clock = virtualClock(START);
    let hasFired = false;
    clock.at(after(10), () => (hasFired = true));
    const [first, second] = [clock.hold(), clock.hold()];
    first();
    first();
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    const whileHeld = hasFired;
    second();
    await clock.idle();

    expect([whileHeld, hasFired]).toEqual([false, true]);
  });

  it('stands still until what a held port promised is settled, also when it fails', async () => {
    const clock = virtualClock(START);
    const said: string[] = [];
    const port = clock.heldPort({
      slow: () => new Promise<void>((resolve) => void setTimeout(resolve, 5)).then(() => void said.push('slow')),
      failing: () => Promise.reject(new Error('no')),
    });
    clock.at(after(10), () => said.push('timer'));
    const outcomes = Promise.allSettled([port.slow(), port.failing()]);
    await clock.idle();

    expect(said).toEqual(['slow', 'timer']);
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });

  it('forgets a timer that was cancelled', async () => {
    const clock = virtualClock(START);
    const fired: string[] = [];
    clock.at(after(10), () => fired.push('cancelled'))();
    clock.at(after(20), () => fired.push('kept'));
    await clock.idle();

    expect(fired).toEqual(['kept']);
  });
});
