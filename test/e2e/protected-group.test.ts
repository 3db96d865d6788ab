import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { localHost, type LocalHost } from '../support/local-host.ts';
import { withoutPgBackRest } from '../support/pgbackrest-backup-world.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PASSWORD = 'only for this test';

/** A host with the group `shop` on PostgreSQL, and the group's address. */
async function hostWithGroup(store: object = {}): Promise<{ readonly host: LocalHost; readonly port: number }> {
  const secrets = await temporaryFolder();
  const secret = async (name: string, text: string) => {
    await writeFile(join(secrets, name), text, { mode: 0o600 });
    return `file:${join(secrets, name)}`;
  };
  const key = (site: string) => secret(site, randomBytes(32).toString('hex'));
  const host = await localHost(
    {},
    {
      groups: {
        shop: {
          store: { type: 'postgres', password: await secret('password', PASSWORD), segmentMb: 1, ...store },
          sites: { north: { key: await key('north') }, south: { key: await key('south') } },
        },
      },
    },
  );
  onTestFinished(() => host[Symbol.asyncDispose]());
  // A host listens also while a group cannot be brought up yet.
  const { address } = await eventually(
    () => statusOf(host),
    (status) => status.address !== null,
    60_000,
    200,
  );
  return { host, port: Number(address?.split(':')[1]) };
}

interface Status {
  readonly address: string | null;
  readonly endpoint: { readonly site: string; readonly sessions: string };
  readonly state: {
    readonly sites: readonly { readonly site: string; readonly role: string; readonly writes: string }[];
  };
}

const statusOf = async (host: LocalHost): Promise<Status> =>
  JSON.parse((await host.cli('recovery', 'status', 'shop', '--json')).stdout);

/** One session through the group's address. */
async function query(port: number, text: string): Promise<readonly object[]> {
  const client = new Client({ host: '127.0.0.1', port, user: 'pointsman', password: PASSWORD, database: 'app' });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end().catch(() => {});
  }
}

describe('a protected group', { timeout: 180_000 }, () => {
  it('moves as one command says, outlives its host, and ends with pointsman down', async () => {
    const { host, port } = await hostWithGroup();
    await query(port, 'CREATE TABLE orders (id int PRIMARY KEY)');
    await query(port, 'INSERT INTO orders VALUES (1)');

    const backup = await host.cli('recovery', 'backup', 'shop', '--watch');
    expect(backup.exitCode).toBe(0);
    const listed = JSON.parse((await host.cli('recovery', 'backups', 'shop', '--json')).stdout);
    expect(listed).toMatchObject([{ kind: 'full', sites: ['north', 'south'] }]);

    const moved = await host.cli('recovery', 'switchover', 'shop', '--reason', 'a test', '--yes', '--watch');
    expect(moved.stdout).toContain('south is the primary; writes waited');
    expect((await statusOf(host)).state.sites).toMatchObject([
      { site: 'north', role: 'standby', writes: 'refused' },
      { site: 'south', role: 'primary', writes: 'accepted' },
    ]);
    await query(port, 'INSERT INTO orders VALUES (2)');

    await host.kill();
    expect(await query(port, 'SELECT id FROM orders ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
    await host.start();
    expect((await statusOf(host)).endpoint).toMatchObject({ site: 'south', sessions: 'open' });

    const page = await host.cli('recovery', 'report', 'shop', '--page');
    expect(page.stdout).toContain('<h1>switchover of shop: done</h1>');
    await host.cli('down', '--yes');
    await eventually(
      () => query(port, 'SELECT 1').catch(() => 'ended'),
      (found) => found === 'ended',
    );
  });

  it.skipIf(withoutPgBackRest !== '')(
    `is backed up by pgBackRest on both sides of a switchover, and a drill proves it${withoutPgBackRest}`,
    async () => {
      const { host, port } = await hostWithGroup({ backups: 'pgbackrest', binaries: '/usr/lib/postgresql/15/bin' });
      const recovery = async (...words: readonly string[]) => {
        const { exitCode, stdout, stderr } = await host.cli('recovery', ...words);
        expect({ words, exitCode, said: exitCode === 0 ? '' : stdout + stderr }).toEqual({
          words,
          exitCode: 0,
          said: '',
        });
        return stdout;
      };
      await query(port, 'CREATE TABLE orders (id int PRIMARY KEY)');
      await query(port, 'INSERT INTO orders VALUES (1)');
      await recovery('backup', 'shop', '--watch');
      await recovery('switchover', 'shop', '--reason', 'a test', '--yes', '--watch');
      await query(port, 'INSERT INTO orders VALUES (2)');
      await recovery('backup', 'shop', '--watch');

      expect(JSON.parse(await recovery('backups', 'shop', '--json'))).toMatchObject([
        { kind: 'full', sites: ['north', 'south'] },
        { kind: 'full', sites: ['north', 'south'] }, // after a promotion a new chain begins
      ]);
      await recovery('drill', 'shop', '--what', 'restore', '--watch');
    },
  );

  it('refuses an approval for facts that have changed, and changes nothing', async () => {
    const { host } = await hostWithGroup();
    const approval = { by: 'operator', planVersion: 'old', readinessHash: 'old', expiresAt: Date.now() + 60_000 };
    const body = JSON.stringify({ workflow: 'switchover', input: { approval } });
    const answer = await fetch(`${host.url}/pointsman/v1/groups/shop/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const { executionArn } = (await answer.json()) as { executionArn: string };
    const { status, cause } = await host.ended(executionArn);

    expect(status).toBe('FAILED');
    expect(cause).toContain('it is for plan old');
    expect((await statusOf(host)).endpoint).toMatchObject({ site: 'north', sessions: 'open' });
  });
});
