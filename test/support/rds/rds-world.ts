import type { DataAccess } from '../../../adapters/aws/rds/data-access.ts';
import {
  type AuroraSettings,
  auroraStore,
  type RdsSettings,
  rdsStore,
} from '../../../adapters/aws/rds/rds-settings.ts';
import type { ReplicatedStoreUnderTest } from '../../contracts/replicated-store.ts';
import { testClock } from '../test-clock.ts';
import { type FakeRds, startFakeRds } from './fake-rds.ts';
import { ISOLATION, modelDataAccess, rowsAt, write } from './rds-hands.ts';
import { type ModelDatabase, newDatabase, type RdsModel, rdsModel } from './rds-model.ts';

/** A group on two sites in two regions, behind the fake. */
export interface RdsWorld {
  readonly model: RdsModel;
  readonly fake: FakeRds;
  readonly group: string;
  readonly settings: RdsSettings | AuroraSettings;
  readonly data: DataAccess;
  /** The database under a site's identifier. */
  database(site: string): ModelDatabase;
  readonly hands: Omit<ReplicatedStoreUnderTest, 'store'>;
}

const REGIONS = { north: 'eu-north-1', south: 'eu-south-1' } as const;

export const keyIn = (region: string): string => `arn:aws:kms:${region}:123456789012:key/${region}`;

export async function rdsWorld(type: 'rds' | 'aurora'): Promise<RdsWorld> {
  const model = rdsModel(testClock());
  const fake = await startFakeRds(model);
  const group = 'shop';
  const common = {
    endpoint: fake.url,
    sites: Object.fromEntries(
      Object.entries(REGIONS).map(([site, region]) => [
        site,
        {
          region,
          identifier: `shop-${site}`,
          isolationGroup: ISOLATION,
          scratchGroups: ['sg-scratch'],
          kmsKey: keyIn(region),
        },
      ]),
    ),
  };
  const settings =
    type === 'rds'
      ? rdsStore.parse({ type, ...common })
      : auroraStore.parse({ type, ...common, globalCluster: 'shop-global' });
  const kind = type === 'rds' ? 'instance' : 'cluster';
  const groups = [{ id: 'sg-shop', status: 'active' }];
  const primary = newDatabase(model, { kind, id: 'shop-north', region: REGIONS.north, groups });
  const standby = newDatabase(model, {
    kind,
    id: 'shop-south',
    region: REGIONS.south,
    groups,
    source: primary,
    ...(type === 'rds' && { retention: 0 }),
  });
  if (type === 'aurora') {
    for (const each of [primary, standby]) {
      each.members.set(`${each.id}-1`, { status: 'available', tags: new Map() });
      each.global = 'shop-global';
    }
    model.globals.set('shop-global', {
      id: 'shop-global',
      resourceId: 'cluster-global-1',
      status: 'available',
      failover: undefined,
      writer: primary,
      members: [primary, standby],
    });
  }
  const database = (site: string): ModelDatabase =>
    model.find(kind, site === 'north' ? REGIONS.north : REGIONS.south, `shop-${site}`);
  return {
    model,
    fake,
    group,
    settings,
    data: modelDataAccess(model),
    database,
    hands: {
      group,
      sites: ['north', 'south'],
      write: async (site, changes) => write(model, database(site), changes),
      rows: async (site) => rowsAt(database(site)),
      holdStream: async (site) => void (database(site).held = true),
      releaseStream: async (site) => void (database(site).held = false),
      async kill(site) {
        const killed = database(site);
        killed.isUp = false;
        killed.hasSessions = false;
        model.later(60, () => void (killed.isUp = true)); // the platform's own recovery
      },
      hang: async (site) => void (database(site).isUp = false),
      heal: async (site) => void (database(site).isUp = true),
      pass: async (milliseconds) => model.clock.advance(20 * milliseconds),
    },
  };
}
