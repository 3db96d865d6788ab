import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backupCatalogContract } from '../../../test/contracts/backup-catalog.ts';
import { leasesContract } from '../../../test/contracts/leases.ts';
import { recoveryRunsContract } from '../../../test/contracts/recovery-runs.ts';
import { releaseLedgerContract } from '../../../test/contracts/release-ledger.ts';
import { runOrdersContract } from '../../../test/contracts/run-orders.ts';
import { writeEndpointContract } from '../../../test/contracts/write-endpoint.ts';
import { type FakeAws, startFakeAws } from '../../../test/support/aws/fake-aws.ts';
import { type MotoServer, startMotoServer } from '../../../test/support/moto-server.ts';
import { onPath } from '../../../test/support/on-path.ts';
import { awsJson } from '../aws-json.ts';
import { createTable } from '../../../test/support/aws/create-table.ts';
import {
  dynamoBackupCatalog,
  dynamoLeases,
  dynamoRecoveryRuns,
  dynamoReleaseLedger,
  dynamoRunOrders,
  dynamoTable,
  dynamoWriteEndpoint,
  type Table,
} from './index.ts';

let fake: FakeAws;
beforeAll(async () => {
  fake = await startFakeAws();
});
afterAll(() => fake.stop());

/** A partition of its own for each test, on one table. */
function apart(table: Table): Table {
  const prefix = `${randomUUID()}/`;
  const of = <K extends { readonly pk: string }>(key: K): K => ({ ...key, pk: prefix + key.pk });
  return {
    get: (key) => table.get(of(key)),
    query: (pk, options) => table.query(prefix + pk, options),
    remove: (key) => table.remove(of(key)),
    write: (...writes) => table.write(...writes.map((write) => ({ ...write, key: of(write.key) }))),
    change: (key, decide) => table.change(of(key), decide),
  };
}

function everyContract(name: string, open: () => Table): void {
  const table = () => apart(open());
  leasesContract({
    name: `dynamoLeases, ${name},`,
    async setup(clock) {
      const own = table();
      return { leases: dynamoLeases(own, clock), reopen: async () => dynamoLeases(own, clock) };
    },
  });
  releaseLedgerContract(`dynamoReleaseLedger, ${name},`, async () => dynamoReleaseLedger(table()));
  runOrdersContract(`dynamoRunOrders, ${name},`, async () => dynamoRunOrders(table()));
  backupCatalogContract(`dynamoBackupCatalog, ${name},`, async () => dynamoBackupCatalog(table()));
  recoveryRunsContract(`dynamoRecoveryRuns, ${name},`, async () => dynamoRecoveryRuns(table()));
  writeEndpointContract(`dynamoWriteEndpoint, ${name},`, async () => ({
    endpoint: dynamoWriteEndpoint(table()),
    [Symbol.asyncDispose]: async () => {},
  }));
}

everyContract('on a model of DynamoDB', () => dynamoTable(awsJson('dynamodb', fake.environment), 'control'));

const program = onPath('moto_server');
if (program === undefined) {
  it.skip('the ports on DynamoDB as moto imitates it: there is no moto_server on PATH', () => {});
} else {
  describe('with moto_server', () => {
    let moto: MotoServer;
    let environment: NodeJS.ProcessEnv;
    beforeAll(async () => {
      moto = await startMotoServer(program);
      environment = { ...fake.environment, AWS_ENDPOINT_URL: moto.url };
      await createTable(awsJson('dynamodb', environment), 'control');
    });
    afterAll(() => moto.stop());

    everyContract('on moto', () => dynamoTable(awsJson('dynamodb', environment), 'control'));
  });
}

describe('dynamoTable', () => {
  const table = () => apart(dynamoTable(awsJson('dynamodb', fake.environment), 'control'));

  it('decides again when somebody else wrote in between', async () => {
    const own = table();
    const key = { pk: 'counter', sk: 'counter' };
    const count = (found: Readonly<Record<string, unknown>> | undefined) => ({ n: Number(found?.['n'] ?? 0) + 1 });
    await Promise.all(Array.from({ length: 8 }, () => own.change(key, count)));

    expect(await own.get(key)).toMatchObject({ n: 8 });
  });

  it('reads a partition over all its pages, up to the limit', async () => {
    const own = table();
    for (const n of [1, 2, 3, 4, 5]) await own.write({ kind: 'put', key: { pk: 'p', sk: `${n}` }, item: { n } });

    expect((await own.query('p')).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5]);
    expect((await own.query('p', { newestFirst: true, limit: 3 })).map(({ n }) => n)).toEqual([5, 4, 3]);
  });
});

describe('dynamoWriteEndpoint', () => {
  const table = () => apart(dynamoTable(awsJson('dynamodb', fake.environment), 'control'));
  const north = { site: 'north', sessions: 'open' } as const;

  it('leads the address to a site when sessions are open to it, once', async () => {
    const led: string[] = [];
    const endpoint = dynamoWriteEndpoint(table(), async (group, site) => void led.push(`${group} ${site}`));
    await endpoint.change('shop', 0, 1, north);
    await endpoint.change('shop', 1, 1, { site: 'north', sessions: 'held' });
    await endpoint.change('shop', 2, 1, { site: 'south', sessions: 'open' });
    await endpoint.observe('shop');

    expect(led).toEqual(['shop north', 'shop south']);
  });

  it('leads the address later when it could not at first, and never says before that it did', async () => {
    const led: string[] = [];
    let isDown = true;
    const endpoint = dynamoWriteEndpoint(table(), async (_, site) => {
      if (isDown) throw new Error('no answer');
      led.push(site);
    });
    const unreachable = {
      name: 'Pointsman.EndpointUnreachable',
      message: 'shop: its address could not be led to north: no answer',
    };
    await expect(endpoint.change('shop', 0, 1, north)).rejects.toMatchObject(unreachable);
    await expect(endpoint.observe('shop')).rejects.toMatchObject(unreachable);
    isDown = false;

    expect(await endpoint.observe('shop')).toMatchObject({ version: 1, ...north });
    expect(led).toEqual(['north']);
  });
});

describe('dynamoRecoveryRuns', () => {
  it('lists a run that was recorded again once, where its end is now', async () => {
    const runs = dynamoRecoveryRuns(apart(dynamoTable(awsJson('dynamodb', fake.environment), 'control')));
    const run = { execution: 'one', group: 'shop', endedAt: 5 } as Parameters<typeof runs.record>[0];
    await runs.record(run);
    await runs.record({ ...run, endedAt: 9 });

    expect(await runs.list('shop', 10)).toEqual([{ ...run, endedAt: 9 }]);
  });
});
