import { type ChangeLog, emptyLog, endOf, forked, upTo } from '../../../adapters/memory/change-log.ts';
import { toEpochMs } from '../../../engine/data/instant.ts';
import type { TestClock } from '../test-clock.ts';

// A model of Amazon RDS: what its documentation says that the calls do, with delays, and not a recording of it. Where the
// real platform differs, the adapters were not proven against it.

/** An answer of the platform that is an error. */
export class RdsFault extends Error {
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = code;
    this.status = status;
  }
}

/** A DB instance, or an Aurora cluster with one instance or none. */
export interface ModelDatabase {
  readonly kind: 'instance' | 'cluster';
  id: string;
  readonly region: string;
  readonly resourceId: string;
  readonly createdAt: number;
  /** Looks find it from then on: what was made shows late. */
  readonly shownFrom: number;
  status: string;
  groups: { id: string; status: string }[];
  tags: Map<string, string>;
  /** What it replicates. */
  source: ModelDatabase | undefined;
  /** Nothing arrives from its source; set by tests. */
  held: boolean;
  replicating: boolean;
  log: ChangeLog;
  /** Its engine answers; killed and hung ones do not, and the platform has not noticed. */
  isUp: boolean;
  /** Of clients that came before the groups were changed. */
  hasSessions: boolean;
  retention: number;
  encrypted: boolean;
  kmsKey: string | undefined;
  /** Instances of a cluster, with their statuses. */
  members: Map<string, { status: string; tags: Map<string, string> }>;
  global: string | undefined;
}

export interface ModelSnapshot {
  readonly kind: ModelDatabase['kind'];
  readonly id: string;
  readonly region: string;
  readonly type: 'manual' | 'automated';
  readonly shownFrom: number;
  status: string;
  readonly at: number;
  readonly of: { readonly id: string; readonly resourceId: string };
  readonly log: ChangeLog;
  readonly tags: Map<string, string>;
  readonly encrypted: boolean;
  readonly kmsKey: string | undefined;
  /** What it is copied from; deleting that kills the copy. */
  readonly copyOf: ModelSnapshot | undefined;
}

export interface ModelGlobal {
  readonly id: string;
  readonly resourceId: string;
  status: string;
  failover: string | undefined;
  writer: ModelDatabase;
  members: ModelDatabase[];
}

export interface ModelEvent {
  readonly source: string;
  readonly region: string;
  readonly at: number;
  readonly message: string;
}

/** All regions of one account. */
export interface RdsModel {
  readonly clock: TestClock;
  databases: ModelDatabase[];
  snapshots: ModelSnapshot[];
  readonly globals: Map<string, ModelGlobal>;
  readonly events: ModelEvent[];
  /** Keys that cannot be used. */
  readonly lockedKeys: Set<string>;
  /** Names a history that nothing else has. */
  nextId(): number;
  later(seconds: number, run: () => void): void;
  /** Everything that happens by itself until now. */
  settle(): void;
  find(kind: ModelDatabase['kind'], region: string, id: string): ModelDatabase;
}

/** What was made is not found before. */
export const SHOWS_AFTER_MS = 3000;

/** Point-in-time recovery is this far behind. */
export const RESTORABLE_LAG_MS = 300_000;

export function rdsModel(clock: TestClock): RdsModel {
  let ids = 0;
  const model: RdsModel = {
    clock,
    databases: [],
    snapshots: [],
    globals: new Map(),
    events: [],
    lockedKeys: new Set(),
    nextId: () => ++ids,
    later: (seconds, run) => void clock.at(toEpochMs(clock.now() + 1000 * seconds), run),
    settle: () => model.databases.forEach(pull),
    find(kind, region, id) {
      const found = model.databases.find((each) => each.kind === kind && each.region === region && each.id === id);
      if (found !== undefined && clock.now() >= found.shownFrom) return found;
      const what = kind === 'instance' ? 'DBInstance' : 'DBCluster';
      throw new RdsFault(
        kind === 'instance' ? 'DBInstanceNotFound' : 'DBClusterNotFoundFault',
        `${what} ${id} not found.`,
        404,
      );
    },
  };
  return model;
}

export const newDatabase = (
  model: RdsModel,
  given: Pick<ModelDatabase, 'kind' | 'id' | 'region'> & Partial<ModelDatabase>,
): ModelDatabase => {
  const database: ModelDatabase = {
    resourceId: `${given.kind === 'instance' ? 'db' : 'cluster'}-${String(model.nextId()).padStart(8, '0')}`,
    createdAt: model.clock.now(),
    shownFrom: given.status === 'creating' ? model.clock.now() + SHOWS_AFTER_MS : 0,
    status: 'available',
    groups: [{ id: 'sg-default', status: 'active' }],
    tags: new Map(),
    source: undefined,
    held: false,
    replicating: true,
    log: emptyLog('model'),
    isUp: true,
    hasSessions: false,
    retention: 7,
    encrypted: true,
    kmsKey: `arn:aws:kms:${given.region}:123456789012:key/default`,
    members: new Map(),
    global: undefined,
    ...given,
  };
  model.databases.push(database);
  return database;
};

/** What its source has arrives, unless it is held, or either is down. */
export function pull(database: ModelDatabase): void {
  const { source, held, replicating } = database;
  const flows = source !== undefined && !held && replicating && database.status !== 'creating';
  if (flows && source.isUp && source.status !== 'stopped' && database.isUp) database.log = source.log;
}

/** A branch that no other database has. */
export const promoted = (model: RdsModel, log: ChangeLog): ChangeLog => forked(log, String(10 + model.nextId()));

/** What was committed until a moment. */
export function logAt(log: ChangeLog, at: number): ChangeLog {
  const last = log.records.findLast((record) => record.at <= at);
  return upTo(log, last?.end ?? 0);
}

/** Whether a client beside it could change anything. */
export const takesWrites = ({ isUp, status, source, groups, hasSessions }: ModelDatabase, isolation: string): boolean =>
  isUp &&
  source === undefined &&
  !/^(stopped|stopping|rebooting|creating|deleting|switching-over|failing-over)$/.test(status) &&
  (hasSessions || groups.some(({ id }) => id !== isolation));

export { endOf };
