import { afterAll, beforeAll, vi } from 'vitest';
import { rdsGroup } from '../../adapters/aws/rds/index.ts';
import { write } from '../support/rds/rds-hands.ts';
import { RESTORABLE_LAG_MS } from '../support/rds/rds-model.ts';
import { rdsWorld, type RdsWorld } from '../support/rds/rds-world.ts';
import { backupEngineContract } from './backup-engine.ts';

beforeAll(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});
afterAll(() => void vi.unstubAllEnvs());

const NO_CHAIN = 'a snapshot of the platform stands alone: an incremental is Pointsman.NoParent';
const NO_BYTES =
  "the platform does not show a snapshot's bytes, so nothing can damage or read them; verify is Pointsman.NotOffered";
const NO_PROOF = 'what a snapshot holds cannot be counted at its moment: proof is null';
const NO_TRIM = 'the platform keeps its window by days: trim is Pointsman.NotOffered';
const MOVES = 'the window that can be restored goes on by itself, whether anything is written or not';

const skips = {
  'takes an incremental that restores with what it stands on': NO_CHAIN,
  'says from where on it can be restored, and of which history': NO_CHAIN,
  'refuses to remove what another backup stands on': NO_CHAIN,
  'brings the chain and the changes that a restore needs': NO_CHAIN,
  'finds an incremental damaged whose parent is': NO_CHAIN,
  'refuses an incremental on a parent without a manifest': NO_BYTES,
  'seals the copy with the key of its own site': NO_BYTES,
  'never copies a damaged backup': NO_BYTES,
  'finds a whole chain intact': NO_BYTES,
  'finds a flipped-byte, and no restore looks well': NO_BYTES,
  'finds a missing-manifest, and no restore looks well': NO_BYTES,
  'finds a missing-segment, and no restore looks well': NO_BYTES,
  'finds a cut-archive, and no restore looks well': NO_BYTES,
  'finds a wrong-key, and no restore looks well': NO_BYTES,
  'lists damaged backups too': NO_BYTES,
  'records what it holds': NO_PROOF,
  'can be restored to the place of its proof, and not short of it': NO_PROOF,
  'leaves what is locked, and says so': 'snapshots of RDS have no lock; that is a vault of AWS Backup',
  'leaves every moment from the given backup on, and what older backups hold': NO_TRIM,
  'frees nothing the second time': NO_TRIM,
  'tells the first and the last moment that can be restored': MOVES,
  'touches neither the primary nor what is archived': MOVES,
  'shows both branches after a failover, and what is in one only':
    'the window of an abandoned database is not looked for: its snapshots are shown, and nothing between them',
  'restores a moment that lies in two branches as the named branch had it':
    'the window of an abandoned database is not looked for: its snapshots are shown, and nothing between them',
  'says where it ended and when its newest change was made':
    'when the newest change was made is not to be told from outside',
};

for (const [type, name] of [
  ['rds', 'RDS snapshots, a model of them,'],
  ['aurora', 'Aurora cluster snapshots, a model of them,'],
] as const) {
  let world: RdsWorld;
  let close = (): void => undefined;
  backupEngineContract({
    name,
    skips,
    timeoutMs: 30_000,
    async setup() {
      world = await rdsWorld(type);
      const { model, settings, data, group } = world;
      const adapters = rdsGroup(group, settings, model.clock, data);
      close = adapters.close;
      world.fake.trouble(true);
      return {
        engine: adapters.backups,
        group,
        primary: 'north',
        other: 'south',
        async write(ids) {
          model.clock.advance(2000); // two writes never share a second: a restore takes whole seconds
          write(
            model,
            world.database('north'),
            ids.map((id) => ({ change: 'insert', id, value: `value ${id}` })),
          );
          const at = model.clock.now() + 1000;
          model.clock.advance(RESTORABLE_LAG_MS + 60_000);
          return at;
        },
        contents: async () => data.contents(`shop-north.eu-north-1.rds.test:5432`),
      };
    },
    async teardown() {
      close();
      await world.fake.stop();
    },
  });
}
