import { readFile, realpath } from 'node:fs/promises';
import { StepFailure } from '../../../functions/step-failure.ts';
import { hbaOfNobody, hbaOfPeople, writeServerConfig } from '../server/server-config.ts';
import { keptServer, type KeptServer } from '../server/kept-server.ts';
import { readPgControl, type PgControl } from '../server/pg-control.ts';
import { keptSessions } from '../sql/kept-sessions.ts';
import { serverAnswer, type ServerAnswer } from '../sql/server-answer.ts';
import { forReplication, replayTimeline } from '../sql/standby-position.ts';
import { isUnanswered, type Sql, type SqlAddress } from '../sql/sql-session.ts';
import { openSiteNotes, type SiteNotes } from './site-record.ts';
import { siteFolders, type SiteFolders, type SiteSetup } from './site-setup.ts';
import { siteSettings } from './site-settings.ts';

/** A site as its keeper has it in hand. */
export interface KeptSite extends SiteNotes {
  readonly setup: SiteSetup;
  readonly folders: SiteFolders;
  readonly server: KeptServer;
  control(): Promise<PgControl | undefined>;
  /** How the own server is reached, or at `port` another site's. */
  address(port?: number): Promise<SqlAddress>;
  /** A session at the own server as superuser, one that is open already where there is one. @throws SqlFailure */
  sql<T>(withinMs: number, use: (sql: Sql) => Promise<T>): Promise<T>;
  /** Timeline that a standby applies. */
  replayTimeline(): Promise<number>;
  /** Sees to it that sessions are open when the next order comes: in an outage, opening one is what takes longest. */
  warm(): void;
  /** What the own server says to somebody who knocks. */
  answer(withinMs: number): Promise<ServerAnswer>;
  /** Writes the server's configuration as the record wants it, and has a running server read it. */
  configure(): Promise<void>;
}

export async function openKeptSite(setup: SiteSetup, folder: string): Promise<KeptSite> {
  const folders = siteFolders(await realpath(folder)); // the system names a process's folder without links
  const notes = await openSiteNotes(folders.keeper);
  const binaries = { bin: setup.bin, major: setup.major };
  const { data, config, log } = folders;
  const server = keptServer({ binaries, user: setup.user, data, config, log, port: setup.port });
  const sessions = keptSessions();
  const site: KeptSite = {
    ...notes,
    setup,
    folders,
    server,
    control: () => readPgControl(data),
    async address(port = setup.port) {
      const { superuser: user } = setup;
      return { port, user, database: 'postgres', password: passwordIn(await readFile(folders.passfile, 'utf8')) };
    },
    sql: async (withinMs, use) => sessions.ask(await site.address(), withinMs, use),
    warm() {
      if (server.pid() === undefined || notes.read().isolated) return;
      const isStandby = notes.read().role.kind === 'standby';
      site.address().then(
        (address) => {
          sessions.warm(address);
          // At a primary it would look like a standby that follows it.
          sessions[isStandby ? 'warm' : 'drop'](forReplication(address));
        },
        () => {},
      );
    },
    async replayTimeline() {
      return sessions.ask(forReplication(await site.address()), 3000, replayTimeline);
    },
    answer: async (withinMs) => serverAnswer(await site.address(), withinMs),
    async configure() {
      const record = notes.read();
      const hba = record.isolated ? hbaOfNobody : hbaOfPeople;
      await writeServerConfig(config, setup.user, siteSettings(setup, record, folders), hba);
      server.signal('SIGHUP');
    },
  };
  return site;
}

/** A line of a pgpass file, with its colons and backslashes escaped: `*:*:*:user:password`. */
export const passfileLine = (user: string, password: string): string =>
  `*:*:*:${user}:${password.replaceAll(/[\\:]/g, String.raw`\$&`)}\n`;

const passwordIn = (line: string): string =>
  line
    .trimEnd()
    .replace(/^\*:\*:\*:[^:]*:/, '')
    .replaceAll(/\\(.)/g, '$1');

export const unreachable = ({ setup }: KeptSite, found: string): StepFailure =>
  new StepFailure('Pointsman.SiteUnreachable', `${setup.group}/${setup.site} ${found}`);

export const stillWorking = ({ setup }: KeptSite, doing: string): StepFailure =>
  new StepFailure('Pointsman.StillWorking', `${setup.group}/${setup.site} ${doing}; ask again`);

/** As `site.sql`, where no answer is `Pointsman.SiteUnreachable`. */
export async function reachable<T>(site: KeptSite, withinMs: number, use: (sql: Sql) => Promise<T>): Promise<T> {
  if (site.server.pid() === undefined) throw unreachable(site, 'does not run');
  try {
    return await site.sql(withinMs, use);
  } catch (error) {
    if (isUnanswered(error)) throw unreachable(site, `does not answer: ${error.message}`);
    throw error;
  }
}
