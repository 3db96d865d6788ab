import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Promotion, SiteState } from '../../functions/ports/recovery/replicated-store.ts';
import { eventually } from '../../test/support/eventually.ts';
import { postgresGroup, stoppedGroup, type PostgresGroup } from '../../test/support/postgres-group.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { processIdentity } from '../shared/process-identity.ts';
import { siteFolders } from './keeper/site-setup.ts';
import { backUpIntoFolder } from './replication/back-up-into-folder.ts';
import { branchOf, readPgControl } from './server/pg-control.ts';
import { giveTo, serverUser } from './server/server-user.ts';
import { patiently } from './store/patiently.ts';

let beginning: Awaited<ReturnType<typeof stoppedGroup>>;
beforeAll(async () => {
  beginning = await stoppedGroup();
}, 60_000);
afterAll(() => beginning?.[Symbol.asyncDispose]());

let group: PostgresGroup;
const begin = async (wishes: Parameters<typeof postgresGroup>[0] = {}) => {
  group = await postgresGroup({ like: beginning.folder, ...wishes });
  return group.store;
};
afterEach(() => group?.[Symbol.asyncDispose]());

const insert = (site: string, from: number, to: number) =>
  group.client(site, (sql) =>
    sql(`INSERT INTO entries SELECT n, 'value ' || n FROM generate_series($1::int, $2::int) AS n`, [from, to]),
  );

async function stateOf(site: string): Promise<SiteState> {
  const { sites } = await group.store.observe('shop');
  return sites.find((each) => each.site === site) ?? expect.fail(`${site} is not observed`);
}

async function caughtUp(): Promise<void> {
  const { received } = await stateOf('north');
  if (received === undefined) expect.fail('north shows no position');
  await eventually(() => group.store.reached('shop', 'south', received, 1000), Boolean);
}

async function failOver(epoch: number): Promise<Promotion> {
  group.signal('north', 'SIGKILL');
  await group.store.fence('shop', 'north', epoch, 'stop');
  return patiently(() => group.store.promote('shop', 'south', epoch, undefined));
}

describe('a group of PostgreSQL servers', { timeout: 60_000 }, () => {
  it('is there again with all it had, in the roles it had, after it was ended and started, also twice', async () => {
    const store = await begin();
    const token = await patiently(() => store.stop('shop', 'north', 3));
    await patiently(() => store.promote('shop', 'south', 3, token));
    await patiently(() => store.follow('shop', 'north', 'south', 3, token));
    await insert('south', 1, 10);
    await store.endGroup();
    await store.endGroup();
    await store.startGroup();
    await store.startGroup();
    await insert('south', 11, 20);

    await eventually(
      () => group.client('north', (sql) => sql('SELECT FROM entries')),
      (rows) => rows.length === 20,
    );
    expect((await store.observe('shop')).sites).toMatchObject([
      { site: 'north', role: 'standby', follows: 'south', epoch: 3 },
      { site: 'south', role: 'primary', writes: 'accepted', epoch: 3 },
    ]);
  });

  it('does not start a primary that was stopped on purpose', async () => {
    const store = await begin();
    await store.fence('shop', 'north', 1, 'stop');
    await store.startGroup();

    expect(await stateOf('north')).toMatchObject({ reach: 'stopped' });
  });
});

describe('PostgreSQL, a promotion', { timeout: 60_000 }, () => {
  it('has its new timeline in the control file when another site follows it, not only at the next checkpoint', async () => {
    const store = await begin();
    const token = await patiently(() => store.stop('shop', 'north', 1));
    const { branch } = await patiently(() => store.promote('shop', 'south', 1, token));
    await patiently(() => store.follow('shop', 'north', 'south', 1, token));

    expect(await readPgControl(siteFolders(group.folderOf('south')).data)).toMatchObject({ timeline: Number(branch) });
  });

  it('tells its new timeline when it resolves, also of data that gets no checkpoint any more', async () => {
    const store = await begin();
    const token = await patiently(() => store.stop('shop', 'north', 1));
    const { branch } = await patiently(() => store.promote('shop', 'south', 1, token));
    group.signal('south', 'SIGKILL');
    const control = await readPgControl(siteFolders(group.folderOf('south')).data);

    expect(control && branchOf(control)).toBe(Number(branch));
  });

  it('of a site that was promoted before does not wait for summaries of a log that was renamed', async () => {
    const store = await begin({ archiveCommand: () => '/bin/true' });
    const move = async (from: string, to: string, epoch: number) => {
      const token = await patiently(() => store.stop('shop', from, epoch));
      await patiently(() => store.promote('shop', to, epoch, token));
      await patiently(() => store.follow('shop', from, to, epoch, token));
    };
    await move('north', 'south', 1);
    await move('south', 'north', 2);
    await move('north', 'south', 3);
    await move('south', 'north', 4);

    await insert('north', 1, 1);
    expect(await stateOf('north')).toMatchObject({ role: 'primary', writes: 'accepted', epoch: 4 });
  });

  it('keeps what the old primary will need from then on', async () => {
    const store = await begin();
    const token = await patiently(() => store.stop('shop', 'north', 1));
    await patiently(() => store.promote('shop', 'south', 1, token));

    expect(await group.admin('south', (sql) => sql('SELECT slot_name FROM pg_replication_slots'))).toEqual([
      { slot_name: 'pointsman_north' },
    ]);
  });
});

describe('PostgreSQL, a freeze', { timeout: 60_000 }, () => {
  it('that somebody set with ALTER SYSTEM is not handed on to a copy', async () => {
    const store = await begin();
    await group.admin('north', (sql) => sql('ALTER SYSTEM SET default_transaction_read_only = on'));
    await group.admin('north', (sql) => sql('SELECT pg_reload_conf()'));
    group.signal('south', 'SIGKILL');
    await patiently(() => store.rebuild('shop', 'south', 'north', 1));
    const token = await patiently(() => store.stop('shop', 'north', 1));
    await patiently(() => store.promote('shop', 'south', 1, token));

    await store.probe('shop', 'south', 1);
    expect(await stateOf('south')).toMatchObject({ role: 'primary', writes: 'accepted' });
  });

  it('has what was acknowledged without waiting for the disk before the position it gives', async () => {
    const store = await begin();
    await group.client('north', async (sql) => {
      await sql('SET synchronous_commit = off');
      await sql(`INSERT INTO entries VALUES (1, 'fast')`);
    });
    const position = (await store.freeze('shop', 'north', 1)) ?? expect.fail('no position');
    await eventually(() => store.reached('shop', 'south', position, 1000), Boolean);

    expect(await group.client('south', (sql) => sql('SELECT value FROM entries'))).toEqual([{ value: 'fast' }]);
  });
});

describe('PostgreSQL, a stop', { timeout: 60_000 }, () => {
  it('goes on while a standby does not take the rest, and start takes it back', async () => {
    const store = await begin();
    await group.holdSender('south');
    await insert('north', 1, 1);
    await expect(store.stop('shop', 'north', 1)).rejects.toMatchObject({ name: 'Pointsman.StillWorking' });
    await patiently(() => store.start('shop', 'north', 1));
    group.releaseSender('south');

    await insert('north', 2, 2);
    await expect(group.client('north', (sql) => sql('SELECT id::int FROM entries'))).resolves.toHaveLength(2);
  });
});

describe('PostgreSQL, changes a standby was never sent', { timeout: 60_000 }, () => {
  it('are counted before a failover, in commits', async () => {
    await begin();
    await caughtUp();
    await group.holdSender('south');
    for (const id of [1, 2, 3]) await insert('north', id, id);
    const { exposures } = await group.store.observe('shop');

    expect(exposures).toMatchObject([{ site: 'south', commits: 3 }]);
  });

  it('are all in the ledger: 500 of 500 rows, inserted, updated and deleted, by savepoints too', async () => {
    const store = await begin();
    await insert('north', 1, 200);
    await caughtUp();
    await group.holdSender('south');
    await insert('north', 201, 500);
    await group.client('north', async (sql) => {
      await sql('BEGIN');
      await sql(`UPDATE entries SET value = 'changed' WHERE id <= 100`);
      await sql('SAVEPOINT s');
      await sql('DELETE FROM entries WHERE id BETWEEN 101 AND 150');
      await sql('RELEASE s');
      await sql('SAVEPOINT t');
      await sql(`UPDATE entries SET value = 'changed too' WHERE id BETWEEN 151 AND 200`);
      await sql('COMMIT');
    });
    await group.client('north', async (sql) => {
      await sql('BEGIN');
      await sql(`INSERT INTO entries VALUES (900, 'taken back')`);
      await sql('ROLLBACK');
    });
    const promotion = await failOver(1);
    await insert('south', 1000, 1010); // what came later is not lost
    const lost = await patiently(() => store.lostWrites('shop', 'north', 1, promotion));
    const ids = (change: string) =>
      lost.rows.filter((row) => row.change === change).map(({ key }) => Number(key['id']));
    const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

    expect(lost).toMatchObject({ rowCount: 500, truncated: false });
    expect(ids('insert')).toEqual(range(201, 500));
    expect(ids('update')).toEqual([...range(1, 100), ...range(151, 200)]);
    expect(ids('delete')).toEqual(range(101, 150));
    expect(lost.commits).toHaveLength(2);
    expect(lost.commits.every(({ at }) => Math.abs(at - Date.now()) < 600_000)).toBe(true);
  });
});

describe('PostgreSQL, synchronous', { timeout: 60_000 }, () => {
  it('acknowledges nothing that only the primary has, and statement_timeout does not end the wait', async () => {
    await begin({ synchronous: true });
    await group.holdSender('south');
    const outcome = await group
      .client(
        'north',
        async (sql) => {
          await sql('SET statement_timeout = 100');
          const write = sql(`INSERT INTO entries VALUES (1, 'waits')`).then(
            () => 'acknowledged',
            (error: Error) => error.message,
          );
          return Promise.race([write, pause(1000, 'waits')]);
        },
        3000,
      )
      .finally(() => group.releaseSender('south'));

    expect(outcome).toBe('waits');
  });

  it('has committed what a client stopped waiting for: a failover loses it, and the ledger has it', async () => {
    const store = await begin({ synchronous: true });
    await insert('north', 1, 1);
    await group.holdSender('south');
    await group.client(
      'north',
      async (sql) => {
        const [{ pid } = { pid: 0 }] = await sql<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        const write = sql(`INSERT INTO entries VALUES (2, 'cancelled')`);
        const waiting = `SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'SyncRep'`;
        await eventually(
          () => group.admin('north', (admin) => admin(waiting, [pid])),
          (rows) => rows.length === 1,
        );
        await group.admin('north', (admin) => admin('SELECT pg_cancel_backend($1)', [pid]));
        await write;
      },
      20_000,
    );
    expect(await group.client('north', (sql) => sql('SELECT id::int FROM entries'))).toHaveLength(2);
    const promotion = await failOver(1);
    const lost = await patiently(() => store.lostWrites('shop', 'north', 1, promotion));

    expect(lost.rows).toMatchObject([{ change: 'insert', row: { id: 2, value: 'cancelled' } }]);
  });

  it('hangs nobody after a failover, and waits again when a standby follows', async () => {
    const store = await begin({ synchronous: true });
    await failOver(1);
    await insert('south', 1, 1);
    await patiently(() => store.rebuild('shop', 'north', 'south', 1));

    expect(
      await eventually(
        () =>
          group.admin('south', (sql) => sql<{ state: string }>('SELECT sync_state AS state FROM pg_stat_replication')),
        ([first]) => first?.state === 'sync',
      ),
    ).toHaveLength(1);
  });
});

describe('PostgreSQL, fences', { timeout: 60_000 }, () => {
  it('isolate ends every session and lets nobody in, and start takes it back', async () => {
    const store = await begin();
    expect(await store.fence('shop', 'north', 1, 'isolate')).toMatchObject({ confirmed: true });
    await expect(insert('north', 1, 1)).rejects.toMatchObject({ code: '28000' });
    expect(await stateOf('north')).toMatchObject({ reach: 'silent', writes: 'refused' });
    await patiently(() => store.start('shop', 'north', 1));

    await insert('north', 2, 2);
  });

  it('a primary that hears neither controller nor standby stops itself, and says so', async () => {
    await begin({ selfFenceSeconds: 2 });
    group.way('north', 'stalled');
    await eventually(
      () =>
        insert('north', 1, 1).then(
          () => 'writes',
          (error: Error & { code?: string }) => error.code,
        ),
      (outcome) => outcome === 'ECONNREFUSED',
      20_000,
      100,
    );
    group.way('north', 'through');

    const { reach, warnings } = await stateOf('north');
    expect([reach, warnings.join()]).toEqual(['stopped', expect.stringContaining('it stopped itself')]);
  });

  it('does not count on the time of a primary that a standby may keep company', async () => {
    const store = await begin();
    group.way('north', 'cut');
    group.way('south', 'cut'); // changes flow on beside the switch no more, but nobody here knows
    const result = await store.fence('shop', 'north', 1, 'lease-expiry');

    expect([result.confirmed, result.selfStopBy]).toEqual([false, undefined]);
    expect(result.evidence).toContain('south could not be told');
  });

  it('a controller that is gone stops nothing while a standby takes changes', async () => {
    await begin({ selfFenceSeconds: 2 });
    await pause(5000); // nobody asks anything

    await insert('north', 1, 1);
  });
});

describe('PostgreSQL, a rebuild', { timeout: 60_000 }, () => {
  it('from an older backup gets what changed since, from a leader of another timeline', async () => {
    const { data } = siteFolders(await rebuiltFrom(async () => {}));

    await expect(stat(join(data, 'backup_manifest'))).rejects.toMatchObject({ code: 'ENOENT' }); // only whole copies have one
    expect(await group.store.contents('shop', 'north')).toEqual(await group.store.contents('shop', 'south'));
    expect(await group.client('north', (sql) => sql('SELECT FROM entries'))).toHaveLength(70);
  });

  it('copies the whole when the older backup does not do', async () => {
    const { data } = siteFolders(await rebuiltFrom((prior) => rm(join(prior, 'backup_manifest'))));

    await stat(join(data, 'backup_manifest'));
    expect(await group.store.contents('shop', 'north')).toEqual(await group.store.contents('shop', 'south'));
  });
});

/** Backup, 10 rows more, failover that loses 10, and 10 rows more. */
async function rebuiltFrom(change: (prior: string) => Promise<void>): Promise<string> {
  let prior: string | undefined;
  const store = await begin({ prior: async () => prior });
  await insert('north', 1, 50);
  const { options } = group;
  const folder = join(options.folder, 'prior');
  const from = { host: '127.0.0.1', port: options.sites[0]?.port ?? 0, user: 'pointsman' };
  await backUpIntoFolder({ ...from, password: await options.password() }, folder);
  await change(folder);
  prior = folder;
  await insert('north', 101, 110);
  await caughtUp();
  await group.holdSender('south');
  await insert('north', 51, 60); // lost
  await failOver(1);
  await insert('south', 61, 70);
  await patiently(() => store.rebuild('shop', 'north', 'south', 1));
  const { received } = await stateOf('south');
  await eventually(() => store.reached('shop', 'north', received ?? expect.fail('no position'), 1000), Boolean);
  return group.folderOf('north');
}

describe('PostgreSQL, an archive', { timeout: 60_000 }, () => {
  it('that fails is a danger that is seen', async () => {
    await begin({ archiveCommand: () => 'false' });
    await group.admin('north', (sql) => sql('SELECT pg_switch_wal()'));

    await eventually(
      () => stateOf('north'),
      ({ warnings }) => warnings.some((warning) => warning.startsWith('archiving fails')),
    );
  });

  it('goes on after a promotion, though the old primary archived some of it before', async () => {
    const archive = await temporaryFolder();
    await giveTo(await serverUser(), archive);
    const kept = `${archive}/%f`; // identical: well; different: refused
    const store = await begin({
      archiveCommand: () => `if test -f ${kept}; then cmp -s %p ${kept}; else cp %p ${kept}; fi`,
    });
    await insert('north', 1, 100);
    await group.admin('north', (sql) => sql('SELECT pg_switch_wal()'));
    const token = await patiently(() => store.stop('shop', 'north', 1));
    await patiently(() => store.promote('shop', 'south', 1, token));
    await insert('south', 101, 200);
    await group.admin('south', (sql) => sql('SELECT pg_switch_wal()'));

    const archived = await eventually(
      () =>
        group.admin('south', (sql) =>
          sql<Archiver>('SELECT last_archived_wal AS last, failed_count::int AS failed FROM pg_stat_archiver'),
        ),
      ([row]) => row?.last?.startsWith('00000002') === true && !row.last.endsWith('.history'),
    );
    expect(archived).toMatchObject([{ failed: 0 }]);
  });
});

interface Archiver {
  readonly last: string | null;
  readonly failed: number;
}

describe('a keeper', { timeout: 60_000 }, () => {
  it('that was killed is replaced, and the new one adopts the running server with its epoch', async () => {
    const store = await begin({ ownProcesses: true });
    await store.freeze('shop', 'north', 7);
    await store.thaw('shop', 'north', 7);
    const folders = siteFolders(group.folderOf('north'));
    const server = await readFile(join(folders.data, 'postmaster.pid'), 'utf8');
    process.kill(await keeperPid(folders.keeper), 'SIGKILL');
    await eventually(
      async () => (await stateOf('north')).warnings,
      (warnings) => warnings.join().includes('keeper'),
    );
    await insert('north', 1, 1); // the server does not notice
    await store.accompany();

    expect(await readFile(join(folders.data, 'postmaster.pid'), 'utf8')).toBe(server);
    expect(await stateOf('north')).toMatchObject({ reach: 'answers', role: 'primary', epoch: 7 });
    await expect(store.freeze('shop', 'north', 6)).rejects.toMatchObject({ name: 'Pointsman.LeaseLost' });
    expect((await patiently(() => store.stop('shop', 'north', 7))).site).toBe('north');
  });

  it('starts a server whose dead predecessor nobody reaped', async () => {
    const store = await begin({ ownProcesses: true });
    await insert('north', 1, 1);
    const { keeper } = siteFolders(group.folderOf('north'));
    const killed = await keeperPid(keeper);
    process.kill(killed, 'SIGKILL');
    group.signal('north', 'SIGKILL');
    await eventually(
      () => store.accompany().then(() => keeperPid(keeper)),
      (pid) => pid !== killed,
    );
    await patiently(() => store.start('shop', 'north', 1));

    expect(await group.client('north', (sql) => sql('SELECT id::int FROM entries'))).toEqual([{ id: 1 }]);
  });

  it('that is dead is no site out of reach: it is replaced, and the fence is certain', async () => {
    const store = await begin({ ownProcesses: true });
    const { keeper } = siteFolders(group.folderOf('north'));
    const killed = await keeperPid(keeper);
    process.kill(killed, 'SIGKILL');
    await eventually(
      () => processIdentity(killed), // its memory is gone before its sockets are
      (found) => found === undefined,
    );

    const fenced = await store.fence('shop', 'north', 1, 'stop');
    expect(fenced, fenced.evidence).toMatchObject({ confirmed: true });
    await expect(insert('north', 1, 1)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('tells nobody anything who does not have its token', async () => {
    await begin();
    const control = await readFile(join(siteFolders(group.folderOf('north')).keeper, 'control.json'), 'utf8');
    const { port } = JSON.parse(control) as { port: number };
    const state = await fetch(`http://127.0.0.1:${port}/state`, { headers: { authorization: 'Bearer guessed' } });
    const order = await fetch(`http://127.0.0.1:${port}/orders`, { method: 'POST', body: '{"kind":"stop","epoch":9}' });

    expect([state.status, order.status]).toEqual([401, 401]);
    expect(await stateOf('north')).toMatchObject({ reach: 'answers', epoch: 0 });
  });
});

const keeperPid = async (folder: string): Promise<number> =>
  (JSON.parse(await readFile(join(folder, 'keeper.json'), 'utf8')) as { pid: number }).pid;
