import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { leasesContract } from '../../../test/contracts/leases.ts';
import { releaseLedgerContract } from '../../../test/contracts/release-ledger.ts';
import { backupCatalogContract } from '../../../test/contracts/backup-catalog.ts';
import { recoveryRunsContract } from '../../../test/contracts/recovery-runs.ts';
import { runOrdersContract } from '../../../test/contracts/run-orders.ts';
import {
  openControlDatabase,
  sqliteBackupCatalog,
  sqliteLeases,
  sqliteRecoveryRuns,
  sqliteReleaseLedger,
  sqliteRunOrders,
} from './index.ts';

const undo: (() => void)[] = [];
const cleanUp = () =>
  undo
    .splice(0)
    .reverse()
    .forEach((step) => step());
afterEach(cleanUp);

function controlFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pointsman-control-'));
  undo.push(() => rmSync(folder, { recursive: true }));
  return join(folder, 'control.db');
}

function open(file = controlFile()) {
  const database = openControlDatabase(file);
  undo.push(() => database.close());
  return database;
}

leasesContract({
  name: 'sqliteLeases',
  setup: async (clock) => {
    const file = controlFile();
    return { leases: sqliteLeases(open(file), clock), reopen: async () => sqliteLeases(open(file), clock) };
  },
});
releaseLedgerContract('sqliteReleaseLedger', async () => sqliteReleaseLedger(open()));
runOrdersContract('sqliteRunOrders', async () => sqliteRunOrders(open()));
backupCatalogContract('sqliteBackupCatalog', async () => sqliteBackupCatalog(open()));
recoveryRunsContract('sqliteRecoveryRuns', async () => sqliteRecoveryRuns(open()));

describe('openControlDatabase', () => {
  it('writes ahead and waits for the disk', () => {
    const { sqlite } = open();

    expect(sqlite.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(sqlite.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
  });

  it('refuses a file that a newer version has written', () => {
    const file = controlFile();
    open(file).sqlite.exec('PRAGMA user_version = 3');

    expect(() => openControlDatabase(file)).toThrow('has format 3, this version reads up to 2; use the newer version');
  });
});
