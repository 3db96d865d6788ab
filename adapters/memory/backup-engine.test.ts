import { backupEngineContract } from '../../test/contracts/backup-engine.ts';
import { damageVault } from '../../test/support/damage-vault.ts';
import { memoryBackupEngine } from './backup-engine.ts';

backupEngineContract({
  name: 'memoryBackupEngine',
  async setup() {
    let now = Date.UTC(2026, 10, 27);
    const lockHours: Record<string, number> = {};
    const engine = memoryBackupEngine({ now: () => now, sites: ['north', 'south'], lockHours, stillWorking: 1 });
    const write = async (ids: readonly number[]) => {
      now += 1000;
      for (const id of ids) engine.write('orders', { [id]: `order ${id}` });
      return now++;
    };
    return {
      engine,
      group: 'shop',
      primary: 'north',
      other: 'south',
      write,
      contents: async () => engine.contents(),
      async failOver(lost) {
        const at = await write(lost);
        engine.failOver('north', lost.length);
        return { site: 'north', at };
      },
      damage: async (...damage) => damageVault(engine, ...damage),
      lock: async (site) => void (lockHours[site] = 24),
    };
  },
});
