import { describe, expect, it } from 'vitest';
import type { Backup } from '../ports/recovery/backup-engine.ts';
import { backupId } from './backup-id.ts';
import { chooseParent } from './choose-parent.ts';

const backup = (id: string, parent: string | null = null): Backup => ({
  id,
  group: 'shop',
  site: 'north',
  kind: parent === null ? 'full' : 'incremental',
  parent,
  lineage: 'a',
  from: { branch: '1', offset: '10' },
  to: { branch: '1', offset: '20' },
  takenAt: 1,
  bytes: 1,
  proof: null,
  lockedUntil: null,
});
const record = (id: string, intactAt: Readonly<Record<string, number>> = { north: 1 }) => ({
  group: 'shop',
  id,
  intactAt,
  lastVerifiedAt: null,
  pins: [],
  legalHold: false,
});
const situation = {
  asked: 'auto',
  fullEvery: 3,
  site: 'north',
  branch: '1',
  lineage: 'a',
  there: [backup('one'), backup('two', 'one')],
  records: [record('one'), record('two')],
} as const;

describe('what the next backup stands on', () => {
  it.each([
    ['the newest, while the plan wants no full one', {}, 'two'],
    [
      'nothing, when every third is full',
      { there: [...situation.there, backup('three', 'two')], records: [record('three')] },
      null,
    ],
    [
      'the newest, when an incremental is asked for, whatever the plan says',
      { asked: 'incremental', fullEvery: 1 },
      'two',
    ],
    ['nothing, when a full one is asked for', { asked: 'full' }, null],
    ['nothing, when an archive is asked for', { asked: 'archive' }, null],
    ['nothing, when there is none', { there: [] }, null],
    ['nothing, when the plan wants every one full', { fullEvery: 1 }, null],
    ['nothing, while the newest was never found intact', { records: [] }, null],
    ['nothing, while the newest was found intact elsewhere only', { records: [record('two', { south: 1 })] }, null],
    ['nothing, when the primary is on another branch', { branch: '2' }, null],
    ['nothing, when the store is another one', { lineage: 'b' }, null],
    ['the newest, where neither can be read', { branch: undefined, lineage: undefined }, 'two'],
  ] as const)('is %s', (_what, change, parent) => {
    expect(chooseParent({ ...situation, ...change })).toMatchObject({
      kind: parent === null ? 'full' : 'incremental',
      parent,
    });
  });
});

describe('the id of a backup', () => {
  it('is made of its instant, to the second', () => {
    expect(backupId('shop', Date.UTC(2026, 10, 27, 2, 0, 0, 999), false)).toBe('shop-20261127T020000Z');
    expect(backupId('shop', Date.UTC(2026, 10, 27, 2), true)).toBe('shop-archive-20261127T020000Z');
  });
});
