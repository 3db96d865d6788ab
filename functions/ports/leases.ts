/** An exclusive claim. Whoever holds it shows `epoch` with every write; a later holder's epoch is always higher. */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  readonly epoch: number;
  /** Milliseconds since 1970; after it another owner may take the lease. */
  readonly expiresAt: number;
}

export interface Leases {
  /**
   * Takes the lease when it is free, expired, or already held by this owner (then it is extended, same epoch).
   * A new holder gets an epoch higher than every epoch before, also after releases and restarts.
   * @throws StepFailure `Pointsman.LeaseHeld` naming the holder and when the lease ends
   */
  acquire(name: string, owner: string, ttlSeconds: number): Promise<Lease>;
  /** Extends it, even after it expired, as long as nobody took it since. @throws StepFailure `Pointsman.LeaseLost` */
  renew(name: string, owner: string, epoch: number, ttlSeconds: number): Promise<Lease>;
  /** Gives it up; a lease that is no longer this owner's is left alone. Safe to repeat. */
  release(name: string, owner: string, epoch: number): Promise<void>;
  /** The current holder; undefined when nobody holds it. An expired lease is still shown until it is taken. */
  read(name: string): Promise<Lease | undefined>;
}
