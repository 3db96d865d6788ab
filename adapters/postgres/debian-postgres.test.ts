import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../test/support/eventually.ts';
import { postgresGroup, type PostgresGroup } from '../../test/support/postgres-group.ts';
import { patiently } from './store/patiently.ts';

const bin = '/usr/lib/postgresql/15/bin';
const without = existsSync(`${bin}/postgres`) ? '' : `: skipped, ${bin} is not on this machine`;

describe.skipIf(without !== '')(`PostgreSQL 15 of Debian${without}`, { timeout: 90_000 }, () => {
  let group: PostgresGroup;
  afterEach(() => group?.[Symbol.asyncDispose]());

  it('switches over, fails over with its loss in rows, and is rebuilt', async () => {
    group = await postgresGroup({ bin });
    const { store } = group;
    const insert = (site: string, id: number) =>
      group.client(site, (sql) => sql('INSERT INTO entries VALUES ($1)', [id]));
    const streaming = (site: string) =>
      eventually(
        () => store.observe('shop'),
        ({ sites }) => sites.some((each) => each.site === site && each.stream === 'flowing'),
      );
    await insert('north', 1);
    await store.freeze('shop', 'north', 1);
    const token = await patiently(() => store.stop('shop', 'north', 1));
    expect(await patiently(() => store.promote('shop', 'south', 1, token))).toMatchObject({ fork: token.end });
    await patiently(() => store.follow('shop', 'north', 'south', 1, token));
    await streaming('north');
    await insert('south', 2);
    const { sites } = await store.observe('shop');
    const end = sites.find(({ site }) => site === 'south')?.received ?? expect.fail('south shows no position');
    await eventually(() => store.reached('shop', 'north', end, 1000), Boolean);

    await group.holdSender('north');
    await insert('south', 3);
    expect((await store.observe('shop')).exposures).toMatchObject([{ site: 'north', commits: 1 }]);
    group.signal('south', 'SIGKILL');
    await store.fence('shop', 'south', 2, 'stop');
    const promotion = await patiently(() => store.promote('shop', 'north', 2, undefined));
    const lost = await patiently(() => store.lostWrites('shop', 'south', 2, promotion));
    expect(lost.rows).toMatchObject([{ change: 'insert', key: { id: 3 } }]);
    await patiently(() => store.rebuild('shop', 'south', 'north', 2));
    await streaming('south');

    expect(await store.contents('shop', 'south')).toEqual(await store.contents('shop', 'north'));
  });
});
