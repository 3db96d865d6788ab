import type { Digest, ServiceName } from './release.ts';

/** An arm's share of a service's traffic and where it goes. */
export interface Arm {
  readonly release: Digest;
  /** Base URLs of ready instances; never empty for an arm with weight. */
  readonly upstreams: readonly string[];
}

/** What is served for a service now. */
export interface Route {
  readonly service: ServiceName;
  /** Grows by one with every change; 0 for a service never routed. */
  readonly version: number;
  /** Epoch of the newest change. A change with a lower epoch is refused. */
  readonly epoch: number;
  readonly stable: Arm | undefined;
  readonly candidate: Arm | undefined;
  /** Share of requests sent to the candidate, percent 0–100 in steps of 0.01; 0 without a candidate. */
  readonly candidatePercent: number;
}

/** The wanted route; whole, never a difference. */
export type RouteChange = Pick<Route, 'stable' | 'candidate' | 'candidatePercent'>;

/**
 * Requests a release has been sent since the router first saw it. Counters only grow, what is in flight aside; they
 * survive route changes. Every request is in flight, abandoned, or has ended; an error is one of those that ended.
 */
export interface ReleaseCounters {
  readonly release: Digest;
  readonly requests: number;
  /** 5xx answers and failed connections that reached the client, or that only the other arm kept from it. */
  readonly errors: number;
  /**
   * Requests without an outcome: the client left (closed or reset its connection) in the middle of its upload, before
   * the answer's head, or before the answer's last byte was handed to its connection. Not those that had failed by then:
   * they are errors. So are those that the router gives up on itself. What was in flight when the router died is abandoned.
   */
  readonly abandoned: number;
  /** Requests now being answered, and open WebSockets. */
  readonly inFlight: number;
  /**
   * Durations: bucket `i` took at most `boundsMs[i]`, and more than the bound before; the last bucket has no bound. A
   * WebSocket takes as long as its handshake.
   */
  readonly latency: {
    readonly boundsMs: readonly number[];
    /** Requests that ended, well or as an error. */
    readonly counts: readonly number[];
    /** Requests in flight by what they have taken so far, WebSockets left out. */
    readonly waiting: readonly number[];
  };
  /**
   * The same counts by upstream, which show how much instances of one release differ by chance. A request tried again
   * on another instance is a request of both. Upstreams stay listed after they left the route: 0 in flight means drained.
   */
  readonly upstreams: readonly {
    readonly url: string;
    readonly requests: number;
    readonly errors: number;
    readonly abandoned: number;
    readonly inFlight: number;
  }[];
}

export interface TrafficRouter {
  /** The route as the data path serves it at this moment, not as somebody asked for it. */
  observe(service: ServiceName): Promise<Route>;
  /**
   * Compare-and-set. Resolves when every new request follows the change.
   * @throws StepFailure `Pointsman.RouteChanged` when the version is not `expectedVersion`: observe and decide again
   * @throws StepFailure `Pointsman.LeaseLost` when `epoch` is lower than the route's
   * @throws StepFailure `Pointsman.BadRoute` for an arm with weight and no upstream, or a share outside 0–100
   * @throws StepFailure `Pointsman.RouterUnreachable`
   */
  change(service: ServiceName, expectedVersion: number, epoch: number, route: RouteChange): Promise<Route>;
  /**
   * Counters of the releases the router has seen for the service, oldest first: all that are in the route or have
   * requests in flight, and of the others those among the newest 10. One forgotten that comes back counts from 0.
   * @throws StepFailure `Pointsman.RouterUnreachable`
   */
  counters(service: ServiceName): Promise<readonly ReleaseCounters[]>;
}
