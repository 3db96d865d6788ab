import { beforeAll, describe, expect, it } from 'vitest';
import {
  fileFolder,
  PASSWORD,
  testCluster,
  type TestCluster,
  whenFileIsOver,
} from '../../../test/support/postgres-cluster.ts';
import { postgresDataAccess } from './postgres-data-access.ts';

let cluster: TestCluster;
let address: string;
beforeAll(async () => {
  cluster = await testCluster(await fileFolder(), 'one', {}, { whenOver: whenFileIsOver });
  address = `127.0.0.1:${cluster.address.port}`;
});

const access = (password = PASSWORD, tls = false) =>
  postgresDataAccess({ user: 'postgres', database: 'postgres', password: async () => password, tls });

describe('postgresDataAccess', () => {
  it('tells where the acknowledged changes of a primary end', async () => {
    const before = await access().end(address);
    await cluster.sql('CREATE TABLE shop (id int PRIMARY KEY)');
    const after = await access().end(address);

    expect(before).toMatchObject({ position: { branch: '1' }, lastChangeAt: undefined });
    expect(BigInt(after.position.offset)).toBeGreaterThan(BigInt(before.position.offset));
  });

  it('writes, reads and deletes a row of a probe, also twice', async () => {
    await access().probe(address, 7);
    await access().probe(address, 8);

    expect(await cluster.sql('SELECT * FROM pointsman_recovery.probe')).toEqual([]);
  });

  it('tells what tables hold, its own aside', async () => {
    await cluster.sql('CREATE TABLE IF NOT EXISTS mail (id int PRIMARY KEY)');
    await cluster.sql('INSERT INTO mail VALUES (1), (2)');
    const { tables } = await access().contents(address);

    expect(tables.find(({ name }) => name === 'public.mail')).toMatchObject({ rows: 2 });
    expect(tables.some(({ name }) => name.includes('probe'))).toBe(false);
  });

  it('fails with a wrong password without telling it, and with TLS where the server has none', async () => {
    await expect(access('another').end(address)).rejects.toThrow(/^(?!.*another).*password authentication failed/);
    await expect(access(PASSWORD, true).end(address)).rejects.toThrow('does not support SSL');
  });
});
