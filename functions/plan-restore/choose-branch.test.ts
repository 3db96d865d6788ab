import { describe, expect, it } from 'vitest';
import type { Branch, RestoreTarget } from '../ports/recovery/backup-engine.ts';
import { chooseBranch } from './choose-branch.ts';

const branch = (name: string, from: number, to: number, end: number, more: Partial<Branch> = {}): Branch => ({
  branch: name,
  parent: null,
  fork: null,
  from,
  to,
  end: { branch: name, offset: String(end) },
  only: `changes of ${name}`,
  points: [],
  ...more,
});
const child = (
  name: string,
  of: string,
  fork: number,
  from: number,
  to: number,
  end: number,
  more: Partial<Branch> = {},
) => branch(name, from, to, end, { parent: of, fork: { branch: of, offset: String(fork) }, ...more });
const vault = (site: string, ...branches: readonly Branch[]) => ({ site, backups: [], branches });
const moment = (at: number): RestoreTarget => ({ kind: 'moment', at });

/** The first went on to 150 behind the fork at 100; the second left it there. */
const failedOver = [branch('1', 0, 1500, 150), child('2', '1', 100, 1000, 3000, 300)];
const chosen = (branches: readonly Branch[], target: RestoreTarget, named: string | null = null) =>
  chooseBranch([vault('north', ...branches)], target, named).branch;

describe('the branch of a target', () => {
  it('is certain before the fork and behind the end of what was abandoned', () => {
    expect([chosen(failedOver, moment(999)), chosen(failedOver, moment(1501))]).toEqual(['1', '2']);
  });

  it.each([1000, 1200, 1500])('is ambiguous at %i, where both have a past of their own', (at) => {
    expect(() => chosen(failedOver, moment(at))).toThrow(
      /lies in 2 branches, .*branch 1, .*changes of 1.*branch 2, .*changes of 2/,
    );
  });

  it.each(['1', '2'])('is the branch %s when that is named', (named) => {
    expect(chosen(failedOver, moment(1200), named)).toBe(named);
  });

  it('is the named one also for a place before its fork', () => {
    expect(chosen(failedOver, moment(500), '2')).toBe('2');
    expect(chosen(failedOver, { kind: 'position', position: { branch: '1', offset: '90' } }, '2')).toBe('2');
  });

  it('is never the named one for a place that it does not reach', () => {
    expect(() => chosen(failedOver, moment(2000), '1')).toThrow(/cannot be restored; what can be: branch 1/);
    const short = [branch('1', 0, 1500, 150), child('2', '1', 100, 1000, 1300, 120)];
    expect(() => chosen(short, moment(1400), '2')).toThrow(/cannot be restored/);
    expect(() => chosen(failedOver, { kind: 'position', position: { branch: '1', offset: '140' } }, '2')).toThrow(
      /cannot/,
    );
  });

  it('is judged from all vaults together', () => {
    const [first, second] = failedOver as [Branch, Branch];
    const apart = [
      vault('north', first),
      vault('south', { ...first, to: 1000, end: { branch: '1', offset: '100' } }, second),
    ];

    expect(() => chooseBranch(apart, moment(1200), null)).toThrow(/lies in 2 branches/);
  });

  it('is the living one for the latest, and ambiguous when two left the same parent', () => {
    expect(chosen(failedOver, { kind: 'latest' })).toBe('2');
    expect(() => chosen([...failedOver, child('3', '1', 120, 1100, 2500, 200)], { kind: 'latest' })).toThrow(
      /the latest lies in 2/,
    );
  });

  it('is the parent at the fork of a planned switchover, and the child behind it', () => {
    const switched = [branch('1', 0, 1001, 100), child('2', '1', 100, 1000, 3000, 300)];

    expect([1000, 1001, 1002].map((at) => chosen(switched, moment(at)))).toEqual(['1', '2', '2']);
  });

  it('is where a position lies, also on what was abandoned', () => {
    expect(chosen(failedOver, { kind: 'position', position: { branch: '1', offset: '140' } })).toBe('1');
    expect(() => chosen(failedOver, { kind: 'position', position: { branch: '1', offset: '151' } })).toThrow(
      /cannot be restored/,
    );
  });

  it('is where a name was marked', () => {
    const point = { name: 'noon', position: { branch: '2', offset: '200' }, at: 2000 };
    const marked = [branch('1', 0, 1500, 150), child('2', '1', 100, 1000, 3000, 300, { points: [point] })];

    expect(chosen(marked, { kind: 'name', name: 'noon' })).toBe('2');
    expect(() => chosen(marked, { kind: 'name', name: 'midnight' })).toThrow(
      /^the point midnight cannot be restored; what can be: .*; by name: noon/,
    );
  });

  it('says so when nothing can be restored', () => {
    expect(() => chosen([], moment(1))).toThrow(/nothing can be restored yet: there is no backup/);
  });
});
