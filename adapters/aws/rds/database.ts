import type { Marks } from './marks.ts';
import type { RdsSite } from './rds-settings.ts';

/** A DB instance or an Aurora cluster as the platform shows it: late by seconds, after every change. */
export interface Database {
  readonly identifier: string;
  readonly arn: string;
  readonly region: string;
  /** The same over renames, of no other: the history that is in it. */
  readonly resourceId: string;
  readonly status: string;
  /** `host:port`; undefined while it is made. */
  readonly address: string | undefined;
  readonly marks: Marks;
  readonly groups: readonly { readonly id: string; readonly isActive: boolean }[];
  /** ARN or identifier of what it replicates; undefined of a primary. */
  readonly source: string | undefined;
  readonly stream: 'flowing' | 'broken' | 'none';
  /** Whether read replicas hang on it: it cannot be stopped then. */
  readonly hasReplicas: boolean;
  /** DB instances that hold its sessions. */
  readonly instances: readonly string[];
  /** Point-in-time window, milliseconds since 1970; undefined without automated backups. */
  readonly window: { readonly from: number; readonly to: number } | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

export interface Snapshot {
  readonly identifier: string;
  readonly arn: string;
  readonly status: string;
  readonly percent: number;
  /** The moment it holds, milliseconds since 1970; 0 while it is taken. Copies keep it. */
  readonly at: number;
  readonly bytes: number;
  readonly kmsKey: string | undefined;
  /** Of the database it was taken of. */
  readonly resourceId: string | undefined;
  readonly engine: string;
  readonly marks: Marks;
}

/** Marks that what is made gets from its first moment on. */
type Given = Readonly<Record<string, string>>;

/**
 * The calls of the platform on one kind of database. Each is made once and answers at once; faults are the SDK's own. Nothing
 * waits here.
 */
export interface DatabaseApi {
  readonly kind: 'instance' | 'cluster';
  find(region: string, identifier: string): Promise<Database | undefined>;
  setGroups(database: Database, groups: readonly string[]): Promise<void>;
  rename(database: Database, identifier: string): Promise<void>;
  stop(database: Database): Promise<void>;
  start(database: Database): Promise<void>;
  /** Without a last snapshot: for scratch databases only. */
  remove(database: Database): Promise<void>;

  snapshot(database: Database, identifier: string, marks: Given): Promise<void>;
  copySnapshot(from: Snapshot, fromRegion: string, to: RdsSite, identifier: string, marks: Given): Promise<void>;
  findSnapshot(region: string, identifier: string): Promise<Snapshot | undefined>;
  /** All that were made by hand, in no order. */
  snapshots(region: string): Promise<readonly Snapshot[]>;
  removeSnapshot(region: string, identifier: string): Promise<void>;
  /** A scratch database out of a snapshot, with the site's scratch groups. A cluster comes without instances. */
  restore(snapshot: Snapshot, site: RdsSite, identifier: string, marks: Given): Promise<void>;
  restoreTo(at: number, database: Database, site: RdsSite, identifier: string, marks: Given): Promise<void>;
  /** Makes what a restored or cloned database lacks to answer; true when it lacks nothing. */
  complete(database: Database): Promise<boolean>;
}
