import * as z from 'zod/mini';

// What the command line reads of the host's own API; all other fields are kept as they came. Instants are milliseconds.

const arm = z.looseObject({ release: z.string(), upstreams: z.array(z.string()) });

const route = z.looseObject({
  version: z.number(),
  stable: z.nullish(arm),
  candidate: z.nullish(arm),
  /** 0–100. */
  candidatePercent: z.number(),
});

const counters = z.looseObject({
  release: z.string(),
  requests: z.number(),
  errors: z.number(),
  /** Requests whose client left before they were answered. */
  abandoned: z.number(),
  inFlight: z.number(),
});

const instance = z.looseObject({
  id: z.string(),
  release: z.string(),
  url: z.string(),
  phase: z.string(),
  detail: z.string(),
  lastLogLines: z.array(z.string()),
});

const releaseRecord = z.looseObject({
  release: z.string(),
  image: z.string(),
  outcome: z.string(),
  reason: z.string(),
  execution: z.string(),
  at: z.number(),
});
/** How a rollout ended. */
export type ReleaseRecord = z.infer<typeof releaseRecord>;

const rollout = z.looseObject({
  executionArn: z.string(),
  /** `repository:reference` as it was asked for, and what that meant then. */
  image: z.nullish(z.string()),
  release: z.nullish(z.string()),
  startedAt: z.number(),
  waitingFor: z.string(),
  since: z.number(),
});

export const serviceStatus = z.looseObject({
  service: z.string(),
  /** Where its traffic enters. */
  url: z.nullish(z.string()),
  route,
  counters: z.array(counters),
  stable: z.nullish(z.string()),
  candidate: z.nullish(z.string()),
  instances: z.array(instance),
  lease: z.nullish(z.looseObject({ owner: z.string(), epoch: z.number(), expiresAt: z.number() })),
  rollout: z.nullish(rollout),
  /** Newest first. */
  releases: z.array(releaseRecord),
});
export type ServiceStatus = z.infer<typeof serviceStatus>;

export const serviceList = z.looseObject({ services: z.array(serviceStatus) });
export const startedDeployment = z.looseObject({ executionArn: z.string(), started: z.boolean() });
/** What `down` ended. */
export const ended = z.looseObject({
  services: z.array(z.looseObject({ service: z.string(), instances: z.number() })),
  /** ARNs of the rollouts it stopped. */
  rollouts: z.array(z.string()),
  router: z.boolean(),
  host: z.boolean(),
});
export const givenOrder = z.looseObject({ execution: z.string(), order: z.string(), at: z.number() });
export const pushedImage = z.looseObject({
  image: z.string(),
  digest: z.string(),
  /** The service that releases it. */
  service: z.nullish(z.string()),
  executionArn: z.nullish(z.string()),
  /** False when that rollout was there already, running or ended. */
  started: z._default(z.boolean(), true),
});
