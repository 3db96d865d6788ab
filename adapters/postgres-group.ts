import { join } from 'node:path';
import { existsSync } from 'node:fs';
import type { SiteName } from '../functions/ports/recovery/position.ts';
import { StepFailure } from '../functions/step-failure.ts';
import type { PostgresStoreSettings } from './group-configuration.ts';
import { secretReference } from './notify/index.ts';
import { type ArchivingBackupEngine, postgresBackupEngine } from './postgres/backups/postgres-backup-engine.ts';
import { siteFolders } from './postgres/keeper/site-setup.ts';
import { pgBackRestBackupEngine } from './postgres/pgbackrest/pgbackrest-backup-engine.ts';
import { pgBackRestArchiveCommand } from './postgres/pgbackrest/repository-settings.ts';
import { postgresReplicatedStore } from './postgres/postgres-replicated-store.ts';
import { passableFolder } from './postgres/server/open-folder.ts';
import { archiveCommand } from './postgres/spool/archive-script.ts';
import type { GroupParts, ProtectedGroup } from './protected-groups.ts';

/** What keeps the backups, as far as the store has to know. */
interface Backups {
  readonly backups: ArchivingBackupEngine;
  commandOf(site: SiteName): string;
  /** Folder of an unpacked backup with which a copy of a site begins; undefined when all of it must be copied. */
  prior(site: SiteName): Promise<string | undefined>;
}

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

  const { backups, commandOf, prior } = wanted.backups === 'pgbackrest' ? byPgBackRest() : builtIn();

  function engineOptions<O>(own: (site: SiteName) => O) {
    return {
      group,
      folder,
      sites: Object.fromEntries(
        Object.entries(sites).map(([site, { key, lockHours }]) => [
          site,
          { port: portOf(site), key, lockHours, vault: join(dataFolder, 'vaults', site, group), ...own(site) },
        ]),
      ),
      user: wanted.superuser,
      database: wanted.database,
      password: wanted.password,
      secret,
      clock,
      bin: wanted.binaries,
      serverUser: wanted.runAs,
    };
  }

  function builtIn(): Backups {
    const engine = postgresBackupEngine(engineOptions((site) => ({ spool: spoolOf(site) })));
    return {
      backups: engine,
      commandOf: (site) => archiveCommand(spoolOf(site)),
      async prior(site) {
        const place = join(folder, group, `${site}-prior`);
        if (existsSync(place)) return place;
        try {
          await engine.unpackNewest(site, place);
          return place;
        } catch (thrown) {
          if (thrown instanceof StepFailure && thrown.name === 'Pointsman.NoParent') return undefined; // all of it is copied
          throw thrown;
        }
      },
    };
  }

  function byPgBackRest(): Backups {
    const settingsOf = (site: SiteName) => ({ settings: join(folder, group, `${site}-pgbackrest`) });
    const dataOf = (site: SiteName) => ({ data: siteFolders(join(folder, group, site)).data });
    const engine = pgBackRestBackupEngine(engineOptions((site) => ({ ...settingsOf(site), ...dataOf(site) })));
    return {
      backups: {
        ...engine,
        async prepare() {
          await passableFolder(join(dataFolder, 'vaults')); // a repository in a vault is the server user's
          await engine.prepare();
        },
      },
      commandOf: (site) => pgBackRestArchiveCommand(group, settingsOf(site)),
      prior: async () => undefined, // all of it is copied
    };
  }

  const store = postgresReplicatedStore({
    folder,
    group,
    sites: Object.keys(sites).map((site) => ({
      name: site,
      port: portOf(site),
      archiveCommand: commandOf(site),
    })),
    database: wanted.database,
    superuser: wanted.superuser,
    password: () => secret(wanted.password),
    user: wanted.runAs,
    ...(wanted.binaries === undefined ? {} : { bin: wanted.binaries }),
    segmentMb: wanted.segmentMb,
    selfFenceSeconds: wanted.selfFenceSeconds,
    synchronous: wanted.synchronous,
    prior,
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
