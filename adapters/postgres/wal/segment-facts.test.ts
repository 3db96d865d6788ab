import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { clusterFolder, testCluster } from '../../../test/support/postgres-cluster.ts';
import { segmentFacts } from './segment-facts.ts';

describe('segmentFacts', () => {
  it('counts the commits that pg_walinspect counts, also those cut by pages and segments, and finds restore points', async () => {
    const shop = await testCluster(await clusterFolder(), 'shop', { wal_keep_size: '64MB' });
    await shop.sql('CREATE EXTENSION pg_walinspect');
    await shop.sql('CREATE TABLE orders (id int, note text)');
    await shop.sql('SELECT pg_switch_wal()');
    await shop.sql('CREATE INDEX ON orders (id)');
    const [begin] = await shop.sql<{ lsn: string; file: string }>(
      'SELECT lsn::text, pg_walfile_name(lsn) AS file FROM (SELECT pg_switch_wal() AS lsn) AS s',
    );
    await shop.sql(`CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN
      FOR n IN 1..2500 LOOP INSERT INTO orders VALUES (n, repeat(md5(n::text), 1 + n % 60)); COMMIT; END LOOP; END $$`);
    await shop.sql('CALL fill()');
    const [point] = await shop.sql<{ lsn: string }>(`SELECT (pg_create_restore_point('before') - '0/0')::text AS lsn`);
    const [end] = await shop.sql<{ lsn: string; number: number }>(
      `SELECT lsn::text, div(lsn - '0/0', 1048576)::int AS number FROM (SELECT pg_switch_wal() AS lsn) AS s`,
    );
    const [counted] = await shop.sql<{ commits: number }>(
      `SELECT count(*)::int AS commits FROM pg_get_wal_records_info($1, $2) WHERE resource_manager = 'Transaction' AND record_type = 'COMMIT'`,
      [begin?.lsn, end?.lsn],
    );

    const first = Number.parseInt(begin?.file.slice(-8) ?? '', 16) + 1;
    const facts = [];
    let before = await segment(shop.data, first - 1);
    for (let number = first; number <= (end?.number ?? 0); number++) {
      const bytes = await segment(shop.data, number);
      facts.push(segmentFacts(bytes, before));
      before = bytes;
    }

    expect(facts.length).toBeGreaterThan(2);
    expect(facts.reduce((sum, { commits }) => sum + commits, 0)).toBe(counted?.commits);
    expect(facts.flatMap(({ points }) => points)).toMatchObject([{ name: 'before', offset: point?.lsn }]);
    for (const { start, end: last } of facts.slice(0, -1))
      expect(BigInt(last) - BigInt(start)).toBeGreaterThan(1_000_000n);
    expect(facts.at(-1)?.end).toBe(String(BigInt((end?.number ?? 0) + 1) * 1_048_576n)); // it was switched
    const newest = Number(facts.at(-1)?.newestMicros) / 1000;
    expect(Math.abs(newest - Date.now())).toBeLessThan(60_000);
  });

  it('refuses what is no segment', () => {
    expect(() => segmentFacts(Buffer.alloc(8192), undefined)).toThrow('no whole segment');
    expect(() => segmentFacts(Buffer.alloc(3), undefined)).toThrow('no whole segment');
  });
});

const segment = (data: string, number: number): Promise<Buffer> =>
  readFile(join(data, 'pg_wal', `0000000100000000${number.toString(16).toUpperCase().padStart(8, '0')}`));
