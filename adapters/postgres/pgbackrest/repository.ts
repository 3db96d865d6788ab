import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { SiteName } from '../../../functions/ports/recovery/position.ts';
import { StepFailure } from '../../../functions/step-failure.ts';
import { inTurn } from '../../shared/in-turn.ts';
import { reasonOf, unusable } from '../../shared/vault/unusable.ts';
import { siteKey, siteOptions } from '../backups/log-site.ts';
import { giveTo, serverUser, type ServerUser } from '../server/server-user.ts';
import type { PgBackRestOptions } from './options.ts';
import { errors, PgBackRestFailure, runPgBackRest } from './run-pgbackrest.ts';
import { cipherPass, settingsFile, writeSettings } from './repository-settings.ts';

/** The repository of one site, with one stanza: the group's. Everything in it is the server user's. */
export interface Repository {
  readonly folder: string;
  readonly stanza: string;
  /** Folder for drafts that pgBackRest reads. */
  readonly drafts: string;
  user(): Promise<ServerUser | undefined>;
  /** Writes the settings that the server archives by. Safe to repeat. */
  prepare(): Promise<void>;
  /** Makes it for the cluster in `data`, when it is not there. Gives whether it is there now. */
  ensure(data?: string): Promise<boolean>;
  /**
   * Runs a command with the site's key.
   * @throws StepFailure `Pointsman.StillWorking` while another command of the same kind runs, also one that outlived its host
   */
  run(command: string, args?: readonly string[], more?: RunOptions): Promise<Buffer>;
  /** A file of the repository, decrypted and still compressed. @throws StepFailure `Pointsman.BackupUnusable` */
  get(path: string): Promise<Buffer>;
  /** What pgBackRest knows of its backups, oldest first. @throws StepFailure `Pointsman.BackupUnusable` when it cannot tell */
  info(): Promise<readonly BackupSet[]>;
}

interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: Buffer;
}

/** A backup as `info --output=json` has it. (pgBackRest 2.45) */
export type BackupSet = z.infer<typeof setShape>;

const setShape = z.object({
  /** `20261127-020000F`, `20261127-020000F_20261128-020000I`. */
  label: z.string(),
  type: z.enum(['full', 'diff', 'incr']),
  prior: z.nullable(z.string()),
  /** All others it needs files of. */
  reference: z.nullable(z.array(z.string())),
  annotation: z.optional(z.nullable(z.record(z.string(), z.string()))),
  /** Pages with wrong checksums were found, which pgBackRest only warns of. */
  error: z.optional(z.nullable(z.boolean())),
  archive: z.object({ start: z.nullable(z.string()), stop: z.nullable(z.string()) }),
  lsn: z.optional(z.nullable(z.object({ start: z.string(), stop: z.string() }))),
  info: z.object({ repository: z.object({ delta: z.number() }) }),
});

const infoShape = z.array(
  z.object({
    status: z.object({ code: z.number(), message: z.string() }),
    backup: z.array(setShape),
  }),
);

/** Codes of `info` that say that there is nothing yet: no stanza, no backups, no stanza data. */
const nothingYet = [1, 2, 3];

export function repository(options: PgBackRestOptions, name: SiteName): Repository {
  const site = siteOptions(options, name);
  const { program = 'pgbackrest', group: stanza } = options;
  const folder = join(site.vault, 'repository');
  const turn = inTurn();
  const user = () => serverUser(options.serverUser);
  const isThere = () => exists(join(folder, 'archive', stanza, 'archive.info'));

  async function run(command: string, args: readonly string[] = [], more: RunOptions = {}): Promise<Buffer> {
    const pass = cipherPass(await siteKey(options, name)); // stands above the one in the settings
    try {
      return await runPgBackRest({
        program,
        user: await user(),
        args: [command, `--config=${settingsFile(site)}`, `--stanza=${stanza}`, ...args],
        environment: { PGBACKREST_REPO1_CIPHER_PASS: pass, ...more.environment },
        input: more.input,
      });
    } catch (thrown) {
      if (!(thrown instanceof PgBackRestFailure) || thrown.code !== errors.lock) throw thrown;
      throw new StepFailure('Pointsman.StillWorking', `another pgBackRest works on ${name}: ask again`, {
        cause: thrown,
      });
    }
  }

  return {
    folder,
    stanza,
    drafts: join(site.settings, 'draft'),
    user,
    run,

    async prepare() {
      const owner = await user();
      await mkdir(folder, { recursive: true, mode: 0o750 });
      await giveTo(owner, folder);
      // A server that archives already goes on with what it has: it must start, and `archive` tells that the key is gone.
      const key = await siteKey(options, name).catch(async (thrown: unknown) => {
        if (await exists(settingsFile(site))) return undefined;
        throw thrown;
      });
      if (key !== undefined) await writeSettings(options, site, key, owner);
    },

    ensure: (data = site.data) =>
      turn(async () => {
        if (await isThere()) return true;
        if (!(await exists(join(data, 'global', 'pg_control')))) return false;
        // It says so here when it does not know the server's version.
        await run('stanza-create', ['--no-online', `--pg1-path=${data}`]).catch((thrown: unknown) => {
          if (!(thrown instanceof PgBackRestFailure)) throw thrown;
          throw new StepFailure('Pointsman.StoreUnusable', reasonOf(thrown), { cause: thrown });
        });
        return true;
      }),

    async get(path) {
      try {
        return await run('repo-get', [path]);
      } catch (thrown) {
        throw unusable(`${path} of the repository of ${name} cannot be read: ${reasonOf(thrown)}`, thrown);
      }
    },

    async info() {
      const text = await run('info', ['--output=json']).catch((thrown: unknown) => {
        throw unusable(reasonOf(thrown), thrown);
      });
      const found = infoShape.parse(readJson(text) ?? [])[0];
      if (found === undefined || !(found.status.code === 0 || nothingYet.includes(found.status.code)))
        throw unusable(
          `pgBackRest cannot open the repository of ${name} with the site's key: it is the wrong key, or backup.info or archive.info is missing or changed`,
        );
      return found.backup;
    },
  };
}

/** Undefined when it is none: a message in it holds what a wrong key made of a file. */
function readJson(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** A damaged file stays damaged: pgBackRest would read it again after 15 s. */
export const onlyOnce = '--job-retry=0';

/** Makes a folder that passes for a data folder where pgBackRest only asks which cluster it is. */
export async function identityFolder({ drafts, user }: Repository, control: Buffer): Promise<string> {
  const folder = join(drafts, 'identity');
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'global'), { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'global', 'pg_control'), control, { mode: 0o600 });
  await giveTo(await user(), folder);
  return folder;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
