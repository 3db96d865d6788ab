import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  CreateDBInstanceReadReplicaCommand,
  CreateGlobalClusterCommand,
  DescribeDBInstancesCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type MotoServer, startMotoServer } from '../../../test/support/moto-server.ts';
import { onPath } from '../../../test/support/on-path.ts';
import { rdsGroup, type RdsGroup } from './index.ts';
import { auroraStore, rdsStore } from './rds-settings.ts';

// What moto imitates of RDS: no transitions, no events of restarts, no global switchover or failover, no data.

const program = onPath('moto_server');
const skipped = program === undefined ? ' (skipped: there is no moto_server on PATH)' : '';
const [north, south] = ['eu-north-1', 'eu-west-1'];

describe.skipIf(program === undefined)(`RDS as moto has it${skipped}`, () => {
  let moto: MotoServer;
  let adapters: RdsGroup;
  const client = (region: string) => new RDSClient({ region, endpoint: moto.url });

  beforeAll(async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    moto = await startMotoServer(program ?? '');
  }, 60_000);
  afterAll(async () => {
    await moto.stop();
    vi.unstubAllEnvs();
  });
  afterEach(() => adapters.close());

  async function patiently<T>(call: () => Promise<T>): Promise<T> {
    for (let calls = 1; ; calls++)
      try {
        return await call();
      } catch (thrown) {
        if (calls > 30 || !(thrown instanceof Error) || thrown.name !== 'Pointsman.StillWorking') throw thrown;
      }
  }
  const site = (region: string, identifier: string) => ({
    region,
    identifier,
    isolationGroup: 'sg-isolation',
    scratchGroups: ['sg-scratch'],
  });
  const sites = () => ({ north: site(north, 'shop-north'), south: site(south, 'shop-south') });
  const backup = { id: 'shop-20261127T020000Z', group: 'shop', site: 'north', kind: 'full', parent: null } as const;

  describe('instances', () => {
    beforeEach(async () => {
      await moto.reset();
      await client(north).send(
        new CreateDBInstanceCommand({
          DBInstanceIdentifier: 'shop-north',
          DBInstanceClass: 'db.t4g.micro',
          Engine: 'postgres',
          AllocatedStorage: 20,
          MasterUsername: 'app',
          MasterUserPassword: 'not-a-secret',
          BackupRetentionPeriod: 7,
        }),
      );
      const settings = rdsStore.parse({ type: 'rds', sites: sites(), endpoint: moto.url });
      adapters = rdsGroup('shop', settings, Date);
    });

    const replicate = () =>
      client(south).send(
        new CreateDBInstanceReadReplicaCommand({
          DBInstanceIdentifier: 'shop-south',
          SourceDBInstanceIdentifier: `arn:aws:rds:${north}:123456789012:db:shop-north`,
        }),
      );

    it('shows a primary and its replica of another region', async () => {
      await replicate();
      const { sites: seen } = await adapters.store.observe('shop');

      expect(seen.map(({ site: name, role, reach, follows }) => [name, role, reach, follows])).toEqual([
        ['north', 'primary', 'answers', undefined],
        ['south', 'standby', 'answers', 'north'],
      ]);
    });

    it('keeps the epoch in a tag, and refuses a lower one', async () => {
      await adapters.store.thaw('shop', 'north', 5);
      await expect(adapters.store.thaw('shop', 'north', 4)).rejects.toMatchObject({ name: 'Pointsman.LeaseLost' });
      const { DBInstances } = await client(north).send(new DescribeDBInstancesCommand({}));

      expect(DBInstances?.[0]?.TagList).toContainEqual({ Key: 'pointsman:epoch', Value: '5' });
    });

    // moto changes the replica's role and goes on showing the source it had, by which the real platform tells of a promotion.
    it('asks once for a promotion, whose end moto does not show', async () => {
      await replicate();
      await expect(adapters.store.promote('shop', 'south', 1, undefined)).rejects.toMatchObject({
        name: 'Pointsman.StillWorking',
      });

      await expect(adapters.store.promote('shop', 'south', 1, undefined)).rejects.toMatchObject({
        message: expect.stringContaining('its effect has not shown yet'),
      });
    });

    it('stops what nothing replicates from', async () => {
      expect(await patiently(() => adapters.store.fence('shop', 'north', 1, 'stop'))).toMatchObject({
        confirmed: true,
      });
      expect((await adapters.store.observe('shop')).sites[0]).toMatchObject({ reach: 'stopped', writes: 'refused' });
    });

    it('takes a snapshot, finds it by its tags, copies it to another region, and removes it', async () => {
      const taken = await patiently(() => adapters.backups.take({ ...backup, epoch: 1 }));
      const copy = await patiently(() => adapters.backups.copy('shop', taken.id, 'north', 'south'));
      expect(copy).toMatchObject({ id: taken.id, site: 'south' });
      expect((await adapters.backups.list('shop', 'north')).map(({ id }) => id)).toEqual([backup.id]);
      await patiently(() => adapters.backups.remove('shop', taken.id, 'north'));

      expect(await adapters.backups.list('shop', 'north')).toEqual([]);
      expect((await adapters.backups.list('shop', 'south')).map(({ id }) => id)).toEqual([backup.id]);
    });

    it('restores a snapshot beside the primary, and deletes the restore', async () => {
      const { to } = await patiently(() => adapters.backups.take({ ...backup, epoch: 1 }));
      const target = { kind: 'position', position: to } as const;
      const order = { group: 'shop', site: 'north', backup: backup.id, branch: to.branch, scratch: 'drill', target };
      expect(await patiently(() => adapters.backups.restore(order))).toMatchObject({ position: to });
      await patiently(() => adapters.backups.destroy('shop', 'drill'));

      await expect(adapters.backups.inspect('shop', 'drill')).rejects.toMatchObject({
        name: 'Pointsman.NoSuchScratch',
      });
    });
  });

  describe('clusters', () => {
    beforeEach(async () => {
      await moto.reset();
      await client(north).send(
        new CreateGlobalClusterCommand({ GlobalClusterIdentifier: 'shop', Engine: 'aurora-postgresql' }),
      );
      await client(north).send(
        new CreateDBClusterCommand({
          DBClusterIdentifier: 'shop-north',
          GlobalClusterIdentifier: 'shop',
          Engine: 'aurora-postgresql',
          MasterUsername: 'app',
          MasterUserPassword: 'not-a-secret',
        }),
      );
      const settings = auroraStore.parse({ type: 'aurora', globalCluster: 'shop', sites: sites(), endpoint: moto.url });
      adapters = rdsGroup('shop', settings, Date);
    });

    it('shows the writer of a global database', async () => {
      const { sites: seen } = await adapters.store.observe('shop');

      expect(seen.map(({ site: name, role, reach }) => [name, role, reach])).toEqual([
        ['north', 'primary', 'answers'],
        ['south', 'unknown', 'absent'],
      ]);
    });

    it('takes a cluster snapshot and copies it to another region', async () => {
      const taken = await patiently(() => adapters.backups.take({ ...backup, epoch: 1 }));
      await patiently(() => adapters.backups.copy('shop', taken.id, 'north', 'south'));

      expect((await adapters.backups.list('shop', 'south')).map(({ id }) => id)).toEqual([backup.id]);
    });
  });
});
