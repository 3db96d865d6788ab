import type { GroupName, SiteName } from './position.ts';

/** The one address by which clients reach a group's store, as it serves now. */
export interface EndpointState {
  readonly group: GroupName;
  /** Grows by one with every change; 0 for an endpoint that was never pointed anywhere. */
  readonly version: number;
  /** Epoch of the newest change. A change with a lower one is refused. */
  readonly epoch: number;
  readonly site: SiteName | undefined;
  /** `held`: new sessions wait, and go where the endpoint points when it opens; `refused`: they end at once. */
  readonly sessions: 'open' | 'held' | 'refused';
  /** Sessions that are connected through to a site now. */
  readonly connected: number;
  /** Sessions that wait. */
  readonly waiting: number;
  /** Last time a session was connected through, milliseconds since 1970. */
  readonly lastConnectedAt: number | undefined;
  /** Since when sessions could not be connected through to the site, milliseconds since 1970; a sign that it is lost. */
  readonly failingSince: number | undefined;
}

export interface WriteEndpoint {
  observe(group: GroupName): Promise<EndpointState>;
  /**
   * Compare-and-set. With a change of site, or to `held` or `refused`, every connected session is ended before this
   * resolves, so that nothing reaches the old site through here any more. Where services stand on the group and are served
   * by the same router, their requests that may write wait with the sessions, and those in flight may end first.
   * @throws StepFailure `Pointsman.EndpointChanged` when the version is not `expectedVersion`: observe and decide again
   * @throws StepFailure `Pointsman.LeaseLost` when `epoch` is lower than the endpoint's
   * @throws StepFailure `Pointsman.EndpointUnreachable`
   */
  change(
    group: GroupName,
    expectedVersion: number,
    epoch: number,
    wanted: Pick<EndpointState, 'site' | 'sessions'>,
  ): Promise<EndpointState>;
}
