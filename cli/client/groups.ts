import * as z from 'zod/mini';

// What the command line reads of the host's API for protected groups; all other fields are kept as they came. Instants are milliseconds.

const position = z.nullish(z.looseObject({ branch: z.string(), offset: z.string() }));

const site = z.looseObject({
  site: z.string(),
  reach: z.string(),
  role: z.string(),
  writes: z.string(),
  received: position,
  follows: z.nullish(z.string()),
  stream: z.string(),
  warnings: z.array(z.string()),
});

export const readiness = z.looseObject({
  mode: z.string(),
  verdict: z.string(),
  checks: z.array(
    z.looseObject({ name: z.string(), status: z.string(), evidence: z.string(), ageSeconds: z.number() }),
  ),
  hash: z.string(),
  planVersion: z.string(),
  primary: z.nullish(z.string()),
  candidates: z.array(z.string()),
  signals: z.array(z.string()),
  forecast: z.looseObject({ seconds: z.nullish(z.number()), text: z.string() }),
});
export type Readiness = z.output<typeof readiness>;

const lostRow = z.looseObject({ table: z.string(), change: z.string(), row: z.record(z.string(), z.unknown()) });

/** What became of a run. */
export const recoveryRun = z.looseObject({
  execution: z.string(),
  group: z.string(),
  kind: z.string(),
  outcome: z.string(),
  reason: z.string(),
  from: z.nullish(z.string()),
  to: z.nullish(z.string()),
  startedAt: z.number(),
  endedAt: z.number(),
  rtoSeconds: z.nullish(z.looseObject({ planned: z.number(), actual: z.nullish(z.number()) })),
  rpo: z.nullish(
    z.looseObject({
      lostBytes: z.nullish(z.string()),
      lostCommits: z.nullish(z.number()),
      lostRows: z.nullish(z.number()),
    }),
  ),
  fences: z.array(z.looseObject({ level: z.string(), confirmed: z.boolean(), evidence: z.string() })),
  lost: z.nullish(z.looseObject({ rowCount: z.number(), rows: z.array(lostRow), quarantine: z.string() })),
  approvals: z.array(z.string()),
  overrides: z.array(z.string()),
  stamps: z.record(z.string(), z.nullish(z.number())),
  details: z.optional(z.unknown()),
});
export type RecoveryRun = z.output<typeof recoveryRun>;

export const runList = z.looseObject({ runs: z.array(recoveryRun) });

const running = z.looseObject({
  executionArn: z.string(),
  startedAt: z.number(),
  waitingFor: z.string(),
  since: z.number(),
  order: z.nullish(z.looseObject({ order: z.string(), by: z.string(), reason: z.string() })),
});

export const groupStatus = z.looseObject({
  group: z.string(),
  address: z.nullish(z.string()),
  plan: z.looseObject({ sites: z.array(z.string()), version: z.string() }),
  state: z.looseObject({ sites: z.array(site) }),
  endpoint: z.looseObject({
    site: z.nullish(z.string()),
    sessions: z.string(),
    connected: z.number(),
    waiting: z.number(),
  }),
  run: z.nullish(running),
  besides: z._default(z.array(running), []),
  readiness: z.nullish(z.looseObject({ at: z.optional(z.number()), switchover: readiness, failover: readiness })),
  runs: z.array(recoveryRun),
});
export type GroupStatus = z.output<typeof groupStatus>;
export const groupList = z.looseObject({ groups: z.array(groupStatus) });

const listedBackup = z.looseObject({
  id: z.string(),
  kind: z.string(),
  parent: z.nullish(z.string()),
  takenAt: z.number(),
  bytes: z.number(),
  sites: z.array(z.string()),
  record: z.looseObject({
    lastVerifiedAt: z.nullish(z.number()),
    pins: z.array(z.string()),
    legalHold: z.boolean(),
  }),
});
export type ListedBackup = z.output<typeof listedBackup>;
export const backupList = z.looseObject({ backups: z.array(listedBackup), unread: z.array(z.string()) });

export const startedRun = z.looseObject({ executionArn: z.string() });
export const givenRunOrder = z.looseObject({ execution: z.string(), order: z.string(), at: z.number() });
export const markedPoint = z.looseObject({
  name: z.string(),
  backup: z.string(),
  position: z.looseObject({ branch: z.string(), offset: z.string() }),
});

export const discardedRestore = z.looseObject({ scratch: z.string() });
export const unpinnedBackup = z.looseObject({ backup: z.string(), pins: z.array(z.string()) });
