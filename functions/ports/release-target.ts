import type { Digest, Instance, ServiceName } from './release.ts';

/** What a target runs for a service. */
export interface TargetState {
  readonly service: ServiceName;
  /** The release last promoted, and what a rollback returns to. */
  readonly stable: Digest | undefined;
  readonly candidate: Digest | undefined;
  /** Every instance that is not gone, of every release. */
  readonly instances: readonly Instance[];
}

/** Runs releases. Every write carries the lease's epoch; a lower one than seen is refused as `Pointsman.LeaseLost`. */
export interface ReleaseTarget {
  observe(service: ServiceName): Promise<TargetState>;
  /**
   * Makes `release` the candidate and starts what is missing of its `instances` copies; instances that exited are
   * replaced, until one has exited so often that it is left `exited` and its detail says so. Returns at once, before
   * they are ready. Safe to repeat. Another candidate must be retired first. The stable release stays stable, never both.
   * @throws StepFailure `Pointsman.CandidateExists` naming it
   * @throws StepFailure `Pointsman.BadImage` when the image cannot be read, with the digest that was found
   */
  startCandidate(service: ServiceName, release: Digest, instances: number, epoch: number): Promise<TargetState>;
  /**
   * The candidate becomes stable. Its instances go on; those of the old stable go on too until retired. Safe to repeat.
   * @throws StepFailure `Pointsman.NotCandidate` when `release` is neither candidate nor stable
   */
  promote(service: ServiceName, release: Digest, epoch: number): Promise<TargetState>;
  /**
   * Asks the instances of `release` to end, and forgets it as candidate. Polite first; an instance that outlives its
   * deadline is killed by a later call. Returns at once: call until `observe` shows none. Safe to repeat.
   * @throws StepFailure `Pointsman.LastCapacity` when `release` is the stable one
   */
  retire(service: ServiceName, release: Digest, epoch: number): Promise<TargetState>;
}
