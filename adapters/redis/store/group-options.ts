import type { GroupName, SiteName } from '../../../functions/ports/recovery/position.ts';

/** A protected group of Redis servers on this machine: a primary and its replicas. */
export interface RedisGroupOptions {
  /** Where the group's data is, absolute. Made when it is missing; several groups may share one. */
  readonly folder: string;
  readonly group: GroupName;
  /** The first is the primary of a new group. */
  readonly sites: readonly RedisSiteOptions[];
  /** Of clients, read anew each time a server is configured. Default: they need none. */
  readonly password?: () => Promise<string>;
  /** Default: `redis-server` of the PATH. */
  readonly program?: string;
  /**
   * A primary that has no word of a standby for so long refuses writes by itself (`min-replicas-to-write 1`). It does so, too, when it is
   * the standby that is lost. Default: never.
   */
  readonly selfFenceSeconds?: number;
  /** Lines of every server's redis.conf, by name; above the adapter's own, below what keeps the group together. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RedisSiteOptions {
  readonly name: SiteName;
  /** Where its server listens on 127.0.0.1. */
  readonly port: number;
  /** Port through which other sites reach it, where it is not its own. */
  readonly reachedAt?: number;
}
