import { afterAll, beforeAll, vi } from 'vitest';
import { rdsGroup } from '../../adapters/aws/rds/index.ts';
import { rdsWorld, type RdsWorld } from '../support/rds/rds-world.ts';
import { replicatedStoreContract } from './replicated-store.ts';

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterAll(() => void vi.unstubAllEnvs());

const HEALS = 'the platform restarts what died or hangs, and its API does not tell that it did';
const NEVER_STOPPED = 'what is replicated cannot be stopped on the platform; it is isolated instead';
const NO_LOG = 'the platform gives no access to the log of changes: `lostWrites` is Pointsman.NotOffered';

const skips = {
  'calls a killed site stopped, and a hung one silent, and shows no exposure without a primary': HEALS,
  'has no proof of a primary that was killed': HEALS,
  'proves where the primary ended, behind everything it acknowledged': NEVER_STOPPED,
  'holds when the machine comes back': NEVER_STOPPED,
  'stop ends a healthy primary for certain, also twice, and it stays ended when its machine comes back': NEVER_STOPPED,
  'stop keeps a killed primary from coming back': NEVER_STOPPED,
  'lists exactly the rows that were acknowledged and never sent: inserted, updated, deleted': NO_LOG,
  'is empty when nothing was lost': NO_LOG,
  'says the same again, also after the site was rebuilt': NO_LOG,
};

const OF_AURORA = {
  'is refused as Diverged when it has anything that the leader does not have':
    'the platform makes a failed primary a secondary by itself, without what it had alone',
};

for (const [type, name] of [
  ['rds', 'RDS instances, a model of them,'],
  ['aurora', 'An Aurora global database, a model of it,'],
] as const) {
  let world: RdsWorld;
  let close = (): void => undefined;
  replicatedStoreContract({
    name,
    skips: type === 'rds' ? skips : { ...skips, ...OF_AURORA },
    timeoutMs: 30_000,
    async setup() {
      world = await rdsWorld(type);
      const { model, settings, data, group } = world;
      const adapters = rdsGroup(group, settings, model.clock, data);
      close = adapters.close;
      world.fake.trouble(true);
      return { store: adapters.store, ...world.hands };
    },
    async teardown() {
      close();
      await world.fake.stop();
    },
  });
}
