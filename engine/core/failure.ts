/** An ASL error name with its cause. */
export interface Failure {
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** A missed heartbeat is a `States.Timeout` that may also be matched as `States.HeartbeatTimeout`. */
  readonly kind?: 'heartbeat';
}
