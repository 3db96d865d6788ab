import { filesOf } from '../../adapters/memory/backup-vaults.ts';
import type { MemoryBackupEngine } from '../../adapters/memory/backup-engine.ts';
import type { Damage } from '../contracts/backup-engine.ts';

/** Does something bad to what a memory vault stores of a backup. */
export function damageVault(engine: MemoryBackupEngine, kind: Damage, id: string, site: string): void {
  const vault = engine.vault(site);
  const { files } = vault;
  const { manifest, data } = filesOf(id);
  const label = vault.labels.get(id);
  const segment = vault.names(`log/${label?.from.branch}/`).find((name) => name.endsWith(String(label?.from.offset)));
  switch (kind) {
    case 'flipped-byte': {
      const bytes = Buffer.from(files.get(data) ?? []);
      bytes[bytes.length - 1]! ^= 1;
      files.set(data, bytes);
      return;
    }
    case 'missing-manifest':
      files.delete(manifest);
      return;
    case 'missing-segment':
      if (segment !== undefined) files.delete(segment);
      return;
    case 'cut-archive':
      if (segment !== undefined) files.set(segment, files.get(segment)?.subarray(0, 40) ?? Buffer.of());
      return;
    case 'wrong-key':
      vault.loseKey();
  }
}
