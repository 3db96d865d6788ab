import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Retention } from '../ports/recovery/recovery-plans.ts';
import { type Candidate, decideRetention } from './retention.ts';

const none: Retention = {
  last: 0,
  hourly: 0,
  daily: 0,
  weekly: 0,
  monthly: 0,
  yearly: 0,
  timeZone: 'Europe/Zurich',
  minimumAgeHours: 0,
};
const now = Date.UTC(2026, 10, 27, 12);
const backup = (at: string, more: Partial<Candidate> = {}): Candidate => ({
  id: at,
  kind: 'full',
  parent: null,
  takenAt: Date.parse(at),
  isGood: true,
  lastVerifiedAt: null,
  pins: [],
  legalHold: false,
  ...more,
});
const kept = (backups: readonly Candidate[], retention: Partial<Retention>) =>
  decideRetention(backups, { ...none, ...retention }, now)
    .verdicts.filter(({ keep }) => keep)
    .map(({ id }) => id);
const why = (backups: readonly Candidate[], retention: Partial<Retention>) =>
  Object.fromEntries(
    decideRetention(backups, { ...none, ...retention }, now).verdicts.map(({ id, reasons }) => [id, reasons]),
  );

describe('retention', () => {
  it('keeps the newest N that are good', () => {
    const backups = [
      backup('2026-11-24T02:00:00Z'),
      backup('2026-11-25T02:00:00Z'),
      backup('2026-11-26T02:00:00Z', { isGood: false }),
      backup('2026-11-27T02:00:00Z'),
    ];

    expect(kept(backups, { last: 2 })).toEqual(['2026-11-25T02:00:00Z', '2026-11-27T02:00:00Z']);
  });

  it('never goes below what is good: the newest good one stays under a plan that wants none', () => {
    expect(kept([backup('2020-01-01T02:00:00Z'), backup('2021-01-01T02:00:00Z')], {})).toEqual([
      '2021-01-01T02:00:00Z',
    ]);
  });

  it('keeps the newest of each day, as days begin in the time zone', () => {
    const backups = [
      backup('2026-07-01T21:59:00Z'), // 23:59 in Zurich
      backup('2026-07-01T22:01:00Z'), // 00:01 of the 2nd
      backup('2026-07-02T21:59:00Z'),
    ];

    expect(why(backups, { daily: 2 })).toEqual({
      '2026-07-01T21:59:00Z': ['newest of the day 2026-07-01'],
      '2026-07-01T22:01:00Z': ['no rule wants it'],
      '2026-07-02T21:59:00Z': ['the newest that is good', 'newest of the day 2026-07-02'],
    });
  });

  it('counts the hour that comes twice as two hours, and misses none where one is skipped', () => {
    const backwards = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-25T02:30:00Z'].map((at) => backup(at));
    const forwards = ['2026-03-29T00:30:00Z', '2026-03-29T01:30:00Z'].map((at) => backup(at));

    expect(why(backwards, { hourly: 3 })).toMatchObject({
      '2026-10-25T00:30:00Z': ['newest of the hour 2026-10-25T02+02:00'],
      '2026-10-25T01:30:00Z': ['newest of the hour 2026-10-25T02+01:00'],
    });
    expect(kept(forwards, { hourly: 2 })).toHaveLength(2);
  });

  it('keeps the newest of each day of 23 and of 25 hours', () => {
    const days = ['2026-10-24T22:30:00Z', '2026-10-25T22:30:00Z', '2026-03-28T23:30:00Z', '2026-03-29T21:30:00Z'];

    expect(
      kept(
        days.map((at) => backup(at)),
        { daily: 4 },
      ),
    ).toHaveLength(2);
    expect(
      kept(
        days.map((at) => backup(at)),
        { hourly: 4 },
      ),
    ).toHaveLength(4);
  });

  it('counts ISO weeks over the turn of the year', () => {
    const backups = ['2020-12-31T12:00:00Z', '2021-01-02T12:00:00Z', '2021-01-04T12:00:00Z'].map((at) => backup(at));

    expect(why(backups, { weekly: 2 })).toEqual({
      '2020-12-31T12:00:00Z': ['no rule wants it'],
      '2021-01-02T12:00:00Z': ['newest of the week 2020-W53'],
      '2021-01-04T12:00:00Z': ['the newest that is good', 'newest of the week 2021-W01'],
    });
  });

  it('keeps months and years, of those that have a good backup', () => {
    const backups = [
      backup('2024-05-01T12:00:00Z'),
      backup('2025-03-01T12:00:00Z', { isGood: false }),
      backup('2026-01-10T12:00:00Z'),
      backup('2026-02-10T12:00:00Z'),
    ];

    expect(kept(backups, { yearly: 2 })).toEqual(['2024-05-01T12:00:00Z', '2026-02-10T12:00:00Z']);
    expect(kept(backups, { monthly: 2 })).toEqual(['2026-01-10T12:00:00Z', '2026-02-10T12:00:00Z']);
  });

  it('keeps what is younger than the minimum age, also what is not good', () => {
    const backups = [
      backup('2026-11-20T02:00:00Z'),
      backup('2026-11-27T01:00:00Z', { isGood: false }),
      backup('2026-11-27T02:00:00Z'),
    ];

    expect(why(backups, { minimumAgeHours: 24 })['2026-11-27T01:00:00Z']).toEqual(['younger than 24 h']);
    expect(kept(backups, { minimumAgeHours: 24 })).toHaveLength(2);
  });

  it('keeps pins and legal holds, and names them', () => {
    const backups = [
      backup('2025-01-01T02:00:00Z', { pins: ['deploy of 2.0.0'] }),
      backup('2025-01-02T02:00:00Z', { legalHold: true, isGood: false }),
      backup('2026-11-27T02:00:00Z'),
    ];

    expect(why(backups, {})).toMatchObject({
      '2025-01-01T02:00:00Z': ['pinned: deploy of 2.0.0'],
      '2025-01-02T02:00:00Z': ['legal hold'],
    });
  });

  it('keeps the whole chain of an incremental, and says for whom', () => {
    const backups = [
      backup('2026-11-24T02:00:00Z'),
      backup('2026-11-25T02:00:00Z', { kind: 'incremental', parent: '2026-11-24T02:00:00Z' }),
      backup('2026-11-26T02:00:00Z', { kind: 'incremental', parent: '2026-11-25T02:00:00Z' }),
    ];

    expect(why(backups, {})).toMatchObject({
      '2026-11-24T02:00:00Z': ['2026-11-25T02:00:00Z stands on it'],
      '2026-11-25T02:00:00Z': ['2026-11-26T02:00:00Z stands on it'],
    });
  });

  it('never expires the last chain that was proven restorable', () => {
    const backups = [
      backup('2026-01-01T02:00:00Z'),
      backup('2026-01-02T02:00:00Z', { kind: 'incremental', parent: '2026-01-01T02:00:00Z', lastVerifiedAt: 9 }),
      backup('2026-01-03T02:00:00Z', { lastVerifiedAt: 5 }),
      backup('2026-11-27T02:00:00Z'),
    ];

    expect(kept(backups, { last: 1 })).toEqual([
      '2026-01-01T02:00:00Z',
      '2026-01-02T02:00:00Z',
      '2026-11-27T02:00:00Z',
    ]);
  });

  it.each([
    ['newest backup', [backup('2026-11-25T02:00:00Z'), backup('2026-11-27T02:00:00Z', { isGood: false })]],
    [
      'newest full backup',
      [
        backup('2026-11-25T02:00:00Z'),
        backup('2026-11-26T02:00:00Z', { isGood: false }),
        backup('2026-11-27T02:00:00Z', { kind: 'incremental', parent: '2026-11-25T02:00:00Z' }),
      ],
    ],
  ])('never expires anything while the %s is unverified or failed', (_which, backups) => {
    const { halted, replaySince } = decideRetention(backups, none, now);

    expect(kept(backups, {})).toHaveLength(backups.length);
    expect(halted).toMatch(/is not known to be good$/);
    expect(replaySince).toBeNull();
  });

  it('keeps the changes from the oldest recent full on, not from one that a bucket or a pin keeps', () => {
    const backups = [
      backup('2024-01-01T02:00:00Z', { pins: ['audit'] }),
      backup('2026-10-01T02:00:00Z'),
      backup('2026-11-25T02:00:00Z'),
      backup('2026-11-26T02:00:00Z', { kind: 'incremental', parent: '2026-11-25T02:00:00Z' }),
      backup('2026-11-27T02:00:00Z', { kind: 'incremental', parent: '2026-11-26T02:00:00Z' }),
    ];

    expect(decideRetention(backups, { ...none, last: 2, monthly: 5 }, now).replaySince).toBe('2026-11-25T02:00:00Z');
  });

  it('decides nothing about nothing', () => {
    expect(decideRetention([], none, now)).toEqual({ verdicts: [], replaySince: null, halted: null });
  });
});

const anyRetention = fc.record({
  last: fc.nat(4),
  hourly: fc.nat(4),
  daily: fc.nat(4),
  weekly: fc.nat(3),
  monthly: fc.nat(3),
  yearly: fc.nat(2),
  timeZone: fc.constantFrom('Europe/Zurich', 'America/St_Johns', 'Pacific/Apia', 'UTC'),
  minimumAgeHours: fc.nat(48),
});

/** Chains of up to four, taken in order. */
const anyBackups = fc
  .array(
    fc.record({
      hours: fc.integer({ min: 1, max: 200 }),
      isFull: fc.boolean(),
      isGood: fc.boolean(),
      lastVerifiedAt: fc.option(fc.nat(1000)),
      isPinned: fc.boolean(),
      legalHold: fc.boolean(),
    }),
    { maxLength: 25 },
  )
  .map((drawn) => {
    let at = Date.UTC(2026, 2, 20);
    return drawn.map(({ hours, isFull, isPinned, ...rest }, i): Candidate => {
      at += hours * 3_600_000;
      const parent = isFull || i === 0 ? null : `b${i - 1}`;
      return {
        ...rest,
        id: `b${i}`,
        kind: parent === null ? 'full' : 'incremental',
        parent,
        takenAt: at,
        pins: isPinned ? ['kept'] : [],
      };
    });
  });

describe('retention of any backups under any plan', () => {
  const property = (
    check: (backups: readonly Candidate[], retention: Retention, keptIds: ReadonlySet<string>) => void,
  ) =>
    fc.assert(
      fc.property(anyBackups, anyRetention, (backups, retention) => {
        const { verdicts } = decideRetention(backups, retention, now);
        check(backups, retention, new Set(verdicts.filter(({ keep }) => keep).map(({ id }) => id)));
      }),
    );

  it('never removes what a kept backup stands on', () => {
    property((backups, _retention, ids) => {
      for (const { id, parent } of backups) if (ids.has(id) && parent !== null) expect(ids).toContain(parent);
    });
  });

  it('keeps as many good ones as the plan says, and at least one', () => {
    property((backups, { last }, ids) => {
      const good = backups.filter(({ isGood }) => isGood);
      const wanted = Math.min(Math.max(1, last), good.length);
      expect(good.filter(({ id }) => ids.has(id)).length).toBeGreaterThanOrEqual(wanted);
    });
  });

  it('keeps pins, holds, what is young, and the last proven', () => {
    property((backups, { minimumAgeHours }, ids) => {
      const proven = Math.max(...backups.map(({ lastVerifiedAt }) => lastVerifiedAt ?? -1));
      const newestProven = backups.findLast(({ lastVerifiedAt }) => lastVerifiedAt === proven);
      const wanted = backups.filter(
        ({ id, pins, legalHold, takenAt }) =>
          pins.length > 0 || legalHold || takenAt > now - minimumAgeHours * 3_600_000 || id === newestProven?.id,
      );
      for (const { id } of wanted) expect(ids).toContain(id);
    });
  });

  it('is settled after one round: what was kept is kept again', () => {
    property((backups, retention, ids) => {
      const left = backups.filter(({ id }) => ids.has(id));
      expect(decideRetention(left, retention, now).verdicts.every(({ keep }) => keep)).toBe(true);
    });
  });

  it('does not depend on the order in which backups are listed', () => {
    property((backups, retention) => {
      expect(decideRetention(backups.toReversed(), retention, now)).toEqual(decideRetention(backups, retention, now));
    });
  });
});
