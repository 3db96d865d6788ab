import type { SiteName } from '../../../functions/ports/recovery/position.ts';
import type { SiteKey } from '../../shared/vault/site-key.ts';
import type { RedisGroupOptions } from '../store/group-options.ts';

export interface VaultOptions {
  /** Absolute. Made when it is missing. */
  readonly folder: string;
  readonly key: () => Promise<SiteKey>;
  /** For how long a backup that is stored there from now on cannot be removed, milliseconds. Default 0: it can. */
  readonly lockMs?: number;
}

/** Backups of one group. */
export interface RedisBackupOptions {
  readonly group: RedisGroupOptions;
  readonly vaults: Readonly<Record<SiteName, VaultOptions>>;
  /** Where restores run, absolute. */
  readonly scratch: string;
  readonly clock: { readonly now: () => number };
}
