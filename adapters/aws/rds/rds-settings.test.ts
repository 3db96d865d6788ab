import { describe, expect, it } from 'vitest';
import { auroraStore, rdsStore } from './rds-settings.ts';

const site = { region: 'eu-north-1', identifier: 'shop-north', isolationGroup: 'sg-1', scratchGroups: ['sg-2'] };

describe('rdsStore', () => {
  it('takes sites with a region each, and fills in the rest', () => {
    expect(rdsStore.parse({ type: 'rds', sites: { north: site } })).toMatchObject({
      settleSeconds: 120,
      backupRetentionDays: 7,
    });
  });

  it.each([
    ['a wrong region', { ...site, region: 'Europe' }],
    ['two hyphens in a row', { ...site, identifier: 'shop--north' }],
    ['no group to restore into', { ...site, scratchGroups: [] }],
    ['a key that is a secret', { ...site, accessKeyId: 'AKIA' }],
  ])('refuses %s', (_, wrong) => {
    expect(rdsStore.safeParse({ type: 'rds', sites: { north: wrong } }).success).toBe(false);
  });
});

describe('auroraStore', () => {
  it('needs the global cluster', () => {
    expect(auroraStore.safeParse({ type: 'aurora', sites: { north: site } }).success).toBe(false);
    expect(auroraStore.safeParse({ type: 'aurora', globalCluster: 'shop', sites: { north: site } }).success).toBe(true);
  });
});
