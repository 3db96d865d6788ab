import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupEngine } from '../../../functions/ports/recovery/backup-engine.ts';
import type { GroupName, SiteName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { inTurn } from '../../shared/in-turn.ts';
import { longCalls } from '../../shared/long-calls.ts';
import { writeWhole } from '../../shared/write-whole.ts';
import type { KeptSite } from '../site/kept-site.ts';
import { groupPlaces, siteIn } from '../store/group-place.ts';
import { endOf } from './change-log.ts';
import { copyBackup } from './copy-backup.ts';
import { branchOf, drainLog } from './drain-log.ts';
import { listBranches } from './history.ts';
import type { RedisBackupOptions } from './options.ts';
import { scratchServers } from './restore-backup.ts';
import { backupIn, siteVault, type SiteVault } from './site-vault.ts';
import { takeBackup } from './take-backup.ts';
import { verifyBackup } from './verify-backup.ts';

/** `BackupEngine`, and the way of the changes into the vaults. */
export interface RedisBackupEngine extends BackupEngine {
  /**
   * Seals what the primary changed since, into its own site's vault. Whoever runs the group calls it every second or so: no moment is
   * restored more finely than it is called, and what it has not sealed is in the primary's append-only file, in the clear. Gives what
   * could not be archived, in words.
   */
  archive(): Promise<readonly string[]>;
}

/**
 * Backups of one group of Redis servers. A full one is the RDB file that Redis begins its append-only file with when it rewrites it, so that
 * the changes behind it fit to the byte. There are no incremental ones. Positions count bytes of the archived changes of a branch, not
 * of the replication.
 */
export function redisBackupEngine(options: RedisBackupOptions): RedisBackupEngine {
  const { clock, group: groupOptions } = options;
  const places = groupPlaces(groupOptions);
  const calls = longCalls();
  const draining = inTurn();
  const vaults = new Map<SiteName, SiteVault>(
    Object.entries(options.vaults).map(([name, vault]) => [name, siteVault(name, vault)]),
  );
  const scratches = scratchServers(options.scratch, groupOptions.program);

  function vaultOf(group: GroupName, name: SiteName): SiteVault {
    if (group !== groupOptions.group)
      throw new StepFailure('Pointsman.NoSuchGroup', `this engine backs up ${groupOptions.group}, not ${group}`);
    const found = vaults.get(name);
    if (found !== undefined) return found;
    throw new StepFailure('Pointsman.NoSuchSite', `${name} has no vault; there are ${[...vaults.keys()].join(', ')}`);
  }
  async function primaryAt(group: GroupName, name: SiteName): Promise<KeptSite> {
    const site = siteIn(await places.place(group), name);
    const { role } = await site.record();
    if (role === 'primary' && site.server.pid() !== undefined) return site;
    throw new StepFailure(
      'Pointsman.NotPrimary',
      `${site.label} is no running primary: backups of Redis are taken there`,
    );
  }
  const drain = (site: KeptSite, vault: SiteVault) => draining(() => drainLog(site, vault.log, clock.now));

  return {
    async archive() {
      const problems: string[] = [];
      const { sites } = await places.place(groupOptions.group);
      for (const site of sites) {
        const vault = vaults.get(site.name);
        if (vault === undefined || (await site.record()).role !== 'primary' || site.server.pid() === undefined)
          continue;
        await drain(site, vault).catch((error: Error) => problems.push(`${site.label}: ${error.message}`));
      }
      return problems;
    },

    async take(order) {
      const vault = vaultOf(order.group, order.site);
      await acceptEpoch(vault, order.epoch);
      const there = await vault.backups.find(order.id);
      if (there !== undefined) return there.backup;
      if (order.kind === 'incremental')
        throw new StepFailure('Pointsman.NoParent', `${order.id}: Redis has no incremental backups: take a full one`);
      const site = await primaryAt(order.group, order.site);
      return calls.ask(`taking ${order.id}`, () =>
        takeBackup({ order, site, vault, scratch: options.scratch, program: groupOptions.program, clock }, () =>
          drain(site, vault),
        ),
      );
    },

    async copy(group, id, from, to) {
      const [source, target] = [vaultOf(group, from), vaultOf(group, to)];
      return calls.ask(`copying ${id} from ${from} to ${to}`, () => copyBackup(id, source, target, clock.now()));
    },

    async verify(group, id, name) {
      const vault = vaultOf(group, name);
      return calls.ask(`verifying ${id} at ${name}`, () => verifyBackup(vault, id));
    },

    list: async (group, name) => (await vaultOf(group, name).backups.list()).map(({ backup }) => backup),

    async remove(group, id, name) {
      const { backups } = vaultOf(group, name);
      const lockedUntil = (await backups.find(id))?.backup.lockedUntil ?? 0;
      if (lockedUntil > clock.now()) return 'locked';
      await backups.remove(id);
      return 'removed';
    },

    async trim(group, name, since) {
      const vault = vaultOf(group, name);
      const { log } = vault;
      const { branch, offset } = (await backupIn(vault, since)).to;
      const facts = await log.facts(branch);
      // Noted first: a hole that nobody knows of would look like damage.
      if (facts !== undefined && BigInt(facts.trimmed) < BigInt(offset)) await log.note({ ...facts, trimmed: offset });
      const old = (await log.segments(branch)).filter(({ end }) => end <= BigInt(offset));
      let freed = 0;
      for (const segment of old) freed += await log.remove(branch, segment);
      return freed;
    },

    async mark(group, name, point) {
      const [vault, site] = [vaultOf(group, name), await primaryAt(group, name)];
      const branch = await branchOf(site);
      const known = (await vault.log.facts(branch))?.points.find((each) => each.name === point);
      if (known !== undefined) return known.position;
      await drain(site, vault);
      return draining(async () => {
        const facts = await vault.log.facts(branch);
        if (facts === undefined) throw new Error(`${branch} was drained and is not there`);
        const end = endOf(facts, await vault.log.segments(branch));
        const position = { branch, offset: String(end) };
        await vault.log.note({ ...facts, points: [...facts.points, { name: point, position, at: facts.drainedAt }] });
        return position;
      });
    },

    async branches(group, name) {
      const { backups, log } = vaultOf(group, name);
      const stored = await backups.list();
      return listBranches(
        log,
        stored.map(({ backup }) => backup),
      );
    },

    async restore(order) {
      const vault = vaultOf(order.group, order.site);
      return calls.ask(`restoring into ${order.scratch}`, () => scratches.restore(order, vault));
    },

    inspect: async (group, scratch) => calls.ask(`counting ${group}/${scratch}`, () => scratches.inspect(scratch)),
    async destroy(_, scratch) {
      await calls.over(`restoring into ${scratch}`);
      await scratches.destroy(scratch);
    },
  };
}

/** @throws StepFailure `Pointsman.LeaseLost` */
async function acceptEpoch({ name, options }: SiteVault, epoch: number): Promise<void> {
  const file = join(options.folder, 'epoch');
  const highest = Number(await readFile(file, 'utf8').catch(() => '0'));
  if (epoch < highest)
    throw new StepFailure(
      'Pointsman.LeaseLost',
      `the vault of ${name} was asked with epoch ${epoch}, and it was shown ${highest} before`,
    );
  if (epoch > highest) await writeWhole(file, `${epoch}\n`, true);
}
