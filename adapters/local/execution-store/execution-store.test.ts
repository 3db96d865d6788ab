import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteExecutionStore } from './execution-store.ts';
import { groupCommit } from './group-commit.ts';

describe('sqliteExecutionStore', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pointsman-store-'));
    path = join(folder, 'executions.db');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('refuses a file of a newer program and names both versions', () => {
    sqliteExecutionStore(path).close();
    const db = new DatabaseSync(path);
    db.exec('PRAGMA user_version = 7');
    db.close();

    expect(() => sqliteExecutionStore(path)).toThrow(/has data of version 7, this program reads up to version \d+/);
  });

  it('keeps a write-ahead log', () => {
    const store = sqliteExecutionStore(path);
    const db = new DatabaseSync(path);
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    db.close();
    store.close();
  });

  it('commits what was asked for when it is closed, and refuses what comes later', async () => {
    const store = sqliteExecutionStore(path);
    const deleted = store.deleteMachine('arn');
    store.close();
    store.close();

    await expect(deleted).resolves.toBeUndefined();
    await expect(store.deleteMachine('arn')).rejects.toThrow(`${path} is closed`);
    await expect(store.machine('arn')).rejects.toThrow();
  });
});

describe('groupCommit', () => {
  it('puts all that is asked for in one turn into one transaction, also from promises that follow', async () => {
    const db = opened();
    const { inTransaction } = groupCommit(db);
    const insideOne: boolean[] = [];
    const ask = () => inTransaction(() => insideOne.push(db.isTransaction));
    let transactions = 0;
    setImmediate(() => void transactions++);

    await Promise.all([
      ask(),
      ask(),
      Promise.resolve().then(ask),
      Promise.resolve()
        .then(() => Promise.resolve())
        .then(ask),
    ]);
    expect(insideOne).toEqual([true, true, true, true]);
    expect(transactions).toBe(1);
    expect(db.isTransaction).toBe(false);
  });

  it('rejects the whole group and writes nothing of it when the disk is full', async () => {
    const db = opened('PRAGMA max_page_count = 8');
    const { inTransaction } = groupCommit(db);
    const insert = db.prepare('INSERT INTO kept VALUES (?)');
    const small = inTransaction(() => insert.run('x'));
    const large = inTransaction(() => insert.run('x'.repeat(100_000)));

    await expect(small).rejects.toThrow('full');
    await expect(large).rejects.toThrow('full');
    expect(kept(db)).toBe(0);
    await inTransaction(() => insert.run('y'));
    expect(kept(db)).toBe(1);
  });
});

const opened = (statements = ''): DatabaseSync => {
  const db = new DatabaseSync(':memory:');
  db.exec(`CREATE TABLE kept (value TEXT); ${statements}`);
  return db;
};

const kept = (db: DatabaseSync) => db.prepare('SELECT count(*) AS n FROM kept').get()?.n;
