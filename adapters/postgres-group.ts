import { join } from 'node:path';
import { existsSync } from 'node:fs';
import type { SiteName } from '../functions/ports/recovery/position.ts';
import { StepFailure } from '../functions/step-failure.ts';
import type { PostgresStoreSettings } from './group-configuration.ts';
import { secretReference } from './notify/index.ts';
import { postgresBackupEngine } from './postgres/backups/postgres-backup-engine.ts';
import { postgresReplicatedStore } from './postgres/postgres-replicated-store.ts';
import { passableFolder } from './postgres/server/open-folder.ts';
import { archiveCommand } from './postgres/spool/archive-script.ts';
import type { GroupParts, ProtectedGroup } from './protected-groups.ts';

/**
 * PostgreSQL servers on this machine as a protected group. Below the data folder: `groups/<group>/` holds servers and what
 * they laid down for the vaults, `vaults/<site>/<group>/` a site's vault, `groups/scratch/` what was restored.
 */
export function postgresGroup(
  { group, sites, ports, dataFolder, clock }: GroupParts,
  wanted: PostgresStoreSettings,
): ProtectedGroup {
  const folder = join(dataFolder, 'groups');
  const spoolOf = (site: SiteName) => join(folder, group, `${site}-log`);
  const portOf = (site: SiteName) => ports[site] ?? 0;
  const secret = (reference: string) => secretReference(reference)();

  const backups = postgresBackupEngine({
    group,
    folder,
    sites: Object.fromEntries(
      Object.entries(sites).map(([site, { key, lockHours }]) => [
        site,
        { port: portOf(site), key, lockHours, vault: join(dataFolder, 'vaults', site, group), spool: spoolOf(site) },
      ]),
    ),
    user: wanted.superuser,
    database: wanted.database,
    password: wanted.password,
    secret,
    clock,
    bin: wanted.binaries,
    serverUser: wanted.runAs,
  });
  const store = postgresReplicatedStore({
    folder,
    group,
    sites: Object.keys(sites).map((site) => ({
      name: site,
      port: portOf(site),
      archiveCommand: archiveCommand(spoolOf(site)),
    })),
    database: wanted.database,
    superuser: wanted.superuser,
    password: () => secret(wanted.password),
    user: wanted.runAs,
    ...(wanted.binaries === undefined ? {} : { bin: wanted.binaries }),
    segmentMb: wanted.segmentMb,
    selfFenceSeconds: wanted.selfFenceSeconds,
    synchronous: wanted.synchronous,
    prior: async (site) => {
      const place = join(folder, group, `${site}-prior`);
      if (existsSync(place)) return place;
      try {
        await backups.unpackNewest(site, place);
        return place;
      } catch (thrown) {
        if (thrown instanceof StepFailure && thrown.name === 'Pointsman.NoParent') return undefined; // all of it is copied
        throw thrown;
      }
    },
  });

  return {
    store,
    backups,
    ports,
    async start() {
      await passableFolder(folder);
      await passableFolder(join(folder, group));
      await backups.prepare();
      await store.startGroup();
    },
    async accompany() {
      await store.accompany();
      return backups.archive();
    },
    end: async () => (existsSync(join(folder, group)) ? store.endGroup() : undefined), // one that was never made
  };
}
