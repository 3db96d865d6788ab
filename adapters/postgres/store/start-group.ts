import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StepFailure } from '../../../functions/step-failure.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import { keeperOrder, keeperState } from '../keeper/call-keeper.ts';
import { keeperProcesses } from '../keeper/ensure-keeper.ts';
import { passfileLine } from '../keeper/kept-site.ts';
import type { KeeperState } from '../keeper/keeper.ts';
import { setupFile, siteFolders, type SiteSetup } from '../keeper/site-setup.ts';
import { slotOf } from '../keeper/site-settings.ts';
import { binaries } from '../server/binaries.ts';
import { initCluster } from '../server/init-cluster.ts';
import { branchOf } from '../server/pg-control.ts';
import { openFolder, passableFolder } from '../server/open-folder.ts';
import { giveTo, serverUser } from '../server/server-user.ts';
import { sqlSession } from '../sql/sql-session.ts';
import type { PostgresGroupOptions } from './group-options.ts';
import { placeOf, type GroupPlace, type SitePlace } from './group-place.ts';
import { inCompany } from './keep-company.ts';
import { patiently } from './patiently.ts';

/**
 * Brings the group up: its keepers, and what shall run. A new group is made first: the primary on its first site, the
 * others copied from it. A primary is started only when no other site has been promoted. Safe to repeat.
 */
export async function startGroup(options: PostgresGroupOptions): Promise<void> {
  const place = placeOf(options, options.group, options.sites);
  await prepareSites(options, place);
  const [first, ...others] = place.sites;
  if (first === undefined) throw new StepFailure('Pointsman.StoreUnusable', `${options.group} has no sites`);
  const made = join(place.folder, 'group.json');
  if (!(await exists(made))) {
    await inCompany(place, async () => {
      await makePrimary(options, place, first);
      for (const site of others)
        await patiently(() => keeperOrder(site.keeper, { kind: 'rebuild', epoch: 0, leader: first.name }));
    });
    await writeWhole(made, `${JSON.stringify({ madeAt: Date.now() })}\n`, true);
  }
  await startPrimary(options, place);
}

/** Folders, settings and keepers of all sites. A keeper that was told other settings is replaced. */
export async function prepareSites(options: PostgresGroupOptions, place: GroupPlace): Promise<void> {
  const user = await serverUser(options.user);
  await openFolder(options.folder, user);
  await passableFolder(place.folder);
  const { bin, major } = await binaries(options.folder, user, options.bin);
  const {
    superuser = 'pointsman',
    database = 'postgres',
    selfFenceSeconds = 20,
    settings = {},
    keepers = keeperProcesses,
  } = options;
  const peers = Object.fromEntries(place.sites.map(({ name, options: o }) => [name, o.reachedAt?.sql ?? o.port]));
  await Promise.all(
    place.sites.map(async ({ name, group, folder, options: { port, archiveCommand, restoreCommand } }) => {
      const setup: SiteSetup = {
        group,
        site: name,
        port,
        keeperPort: 0,
        bin,
        major,
        user,
        superuser,
        database,
        selfFenceSeconds,
        settings,
        archiveCommand,
        restoreCommand,
        peers,
      };
      const folders = siteFolders(folder);
      await passableFolder(folder);
      await writeWhole(folders.passfile, passfileLine(superuser, await options.password()), false);
      await giveTo(user, folders.passfile);
      const text = `${JSON.stringify(setup, null, 1)}\n`;
      if ((await readFile(setupFile(folder), 'utf8').catch(() => '')) !== text) {
        await keepers.end(folder);
        await writeWhole(setupFile(folder), text, false);
      }
      await keepers.ensure(folder);
    }),
  );
}

async function makePrimary(options: PostgresGroupOptions, { sites }: GroupPlace, first: SitePlace): Promise<void> {
  const { superuser = 'pointsman', database = 'postgres', segmentMb = 16, password } = options;
  const { data, incoming } = siteFolders(first.folder);
  if (!(await exists(data))) {
    const user = await serverUser(options.user);
    await rm(incoming, { recursive: true, force: true });
    const found = await binaries(options.folder, user, options.bin);
    await initCluster(found, user, incoming, { superuser, password: await password(), segmentMb });
    await rename(incoming, data);
  }
  await patiently(() => keeperOrder(first.keeper, { kind: 'start', epoch: 0 }));
  const address = await first.sql();
  await sqlSession({ ...address, database: 'postgres' }, 10_000, async (sql) => {
    const [known] = await sql('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (known === undefined) await sql(`CREATE DATABASE "${database.replaceAll('"', '""')}"`);
  });
  await sqlSession(address, 10_000, async (sql) => {
    await sql('CREATE SCHEMA IF NOT EXISTS pointsman_recovery');
    await sql('CREATE EXTENSION IF NOT EXISTS pg_walinspect SCHEMA pointsman_recovery'); // counts commits, and finds lost ones
    await sql('CREATE TABLE IF NOT EXISTS pointsman_recovery.probe (id bigint PRIMARY KEY, epoch bigint NOT NULL)');
    for (const { name } of sites.slice(1))
      await sql(
        `SELECT pg_create_physical_replication_slot($1, true)
          WHERE NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = $1)`,
        [slotOf(name)],
      );
  });
}

/** The one that was primary last, unless it was stopped on purpose. */
async function startPrimary(options: PostgresGroupOptions, { sites }: GroupPlace): Promise<void> {
  const states = await Promise.all(
    sites.map(async (site) => ({ site, state: await keeperState(site.keeper, 5000).catch(() => undefined) })),
  );
  const primaries = states
    .flatMap(({ site, state }) => (state?.record.role.kind === 'primary' && state.control ? [{ site, state }] : []))
    .toSorted((a, b) => timelineOf(b.state) - timelineOf(a.state));
  const [newest] = primaries;
  if (newest === undefined || newest.state.record.wanted !== 'running') return;
  const { site, state } = newest;
  const { epoch } = state.record;
  if (state.pid === null) {
    const silent = states.filter((each) => each.state === undefined).map((each) => each.site.name);
    if (silent.length > 0) {
      const message = `${site.keeper.name} is not started as primary while ${silent.join(', ')} does not answer: it may have been promoted`;
      throw new StepFailure('Pointsman.SiteUnreachable', message);
    }
    await patiently(() => keeperOrder(site.keeper, { kind: 'start', epoch }));
  }
  if (options.synchronous !== true) return;
  const standbys = sites.map(({ name }) => name).filter((name) => name !== site.name);
  await keeperOrder(site.keeper, { kind: 'synchronize', epoch, standbys });
}

export const timelineOf = ({ record, control }: KeeperState): number =>
  Math.max(control === null ? 0 : branchOf(control), Number(record.promotion?.done?.promotion.branch ?? 0));

const exists = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === 'EISDIR',
  );
