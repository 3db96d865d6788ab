import type { MemoryBackupEngine } from '../../adapters/memory/backup-engine.ts';
import type { ReplicatedStore, SiteState } from '../../functions/ports/recovery/replicated-store.ts';

/**
 * The store that an engine's backups are of, as far as backups look at it: it can be observed, and nothing else. `change` may
 * show it in the middle of something.
 */
export function observedStore(
  engine: MemoryBackupEngine,
  sites: readonly string[],
  now: () => number,
  change: (state: SiteState) => SiteState = (state) => state,
): ReplicatedStore {
  const never = (): never => {
    throw new Error('backups do not ask a store for this');
  };
  return {
    async observe(group) {
      const { site: primary, end } = engine.primary();
      const states = sites.map((site): SiteState => {
        const isPrimary = site === primary;
        return change({
          site,
          reach: 'answers',
          role: isPrimary ? 'primary' : 'standby',
          writes: isPrimary ? 'accepted' : 'refused',
          lineage: `memory-${group}`,
          received: end,
          applied: end,
          follows: isPrimary ? undefined : primary,
          stream: isPrimary ? 'none' : 'flowing',
          lastChangeAt: now(),
          epoch: 0,
          settings: {},
          warnings: [],
        });
      });
      return { group, sites: states, exposures: [], at: now() };
    },
    freeze: never,
    thaw: never,
    reached: never,
    stop: never,
    start: never,
    promote: never,
    probe: never,
    fence: never,
    follow: never,
    rebuild: never,
    lostWrites: never,
    contents: never,
    stage: never,
    unstage: never,
  };
}
