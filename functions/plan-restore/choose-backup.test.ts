import { describe, expect, it } from 'vitest';
import type { Backup, Branch } from '../ports/recovery/backup-engine.ts';
import { chooseBackup } from './choose-backup.ts';
import { chooseBranch } from './choose-branch.ts';

const to = { branch: '1', offset: '100' };
const point = { name: 'noon', position: to, at: 2000 };
const branch = (points: Branch['points']): Branch => ({
  branch: '1',
  parent: null,
  fork: null,
  from: 1000,
  to: 3000,
  end: to,
  only: 'everything',
  points,
});
const backup: Backup = {
  id: 'b1',
  group: 'shop',
  site: 'south',
  kind: 'full',
  parent: null,
  lineage: 'l',
  from: to,
  to,
  takenAt: 1000,
  bytes: 1,
  proof: null,
  lockedUntil: null,
};

describe('the backup of a target', () => {
  it('is of a vault that knows the name, also when another holds the same changes', () => {
    const vaults = [
      { site: 'north', backups: [backup], branches: [branch([])] },
      { site: 'south', backups: [backup], branches: [branch([point])] },
    ];
    const stop = chooseBranch(vaults, { kind: 'name', name: 'noon' }, null);

    expect(chooseBackup(vaults, stop, { only: null, backup: null, records: new Map() }).site).toBe('south');
    expect(chooseBackup(vaults, stop, { only: 'north', backup: null, records: new Map() }).site).toBe('north');
  });
});
