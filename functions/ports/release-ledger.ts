import type { Digest, ServiceName } from './release.ts';

/** How a rollout ended, kept for ever. */
export interface ReleaseRecord {
  readonly service: ServiceName;
  readonly release: Digest;
  /** `repository:tag` as it was asked for. */
  readonly image: string;
  /** `unchanged`: it is the stable release; `refused`: it was taken back before, and nobody asked to retry. */
  readonly outcome: 'promoted' | 'taken-back' | 'unchanged' | 'superseded' | 'refused' | 'failed';
  readonly reason: string;
  /** ARN of the execution that did it. One record for each execution; writing it again changes nothing. */
  readonly execution: string;
  /** When the deployment was asked for, milliseconds since 1970. One asked for later replaces one asked for earlier. */
  readonly requestedAt: number;
  /** When it ended, milliseconds since 1970. */
  readonly at: number;
}

export interface ReleaseLedger {
  record(entry: ReleaseRecord): Promise<void>;
  /** Newest first. */
  list(service: ServiceName, limit: number): Promise<readonly ReleaseRecord[]>;
}
