import { expect, it } from 'vitest';
import { clusterFolder, testCluster } from '../../../test/support/postgres-cluster.ts';
import { readContents } from './read-contents.ts';
import { sqlSession } from './sql-session.ts';

it('a checksum is over whole rows, also of a table with a column named t', { timeout: 60_000 }, async () => {
  const { address, sql } = await testCluster(await clusterFolder(), 'server');
  await sql('CREATE TABLE things (t text, price int)');
  await sql(`INSERT INTO things VALUES ('a thing', 1)`);
  const before = await sqlSession(address, 10_000, readContents);
  await sql('UPDATE things SET price = 2');
  const after = await sqlSession(address, 10_000, readContents);

  expect(after.tables[0]?.checksum).not.toBe(before.tables[0]?.checksum);
});
