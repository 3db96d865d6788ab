import type { GroupOptions, SiteOptions } from '../backups/options.ts';

/** A site of the group, as far as pgBackRest goes. Its vault holds the repository. */
export interface PgBackRestSiteOptions extends SiteOptions {
  /** Data folder of its server; it need not be there. */
  readonly data: string;
  /** Folder of what pgBackRest is told, its locks and drafts. The server's user owns it, and reads the key of the repository in it. */
  readonly settings: string;
}

export interface PgBackRestOptions extends GroupOptions<PgBackRestSiteOptions> {
  /** pgBackRest 2.41 or newer; `pgbackrest` of the PATH when absent. */
  readonly program?: string | undefined;
}
