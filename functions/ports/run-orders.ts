/** What a person told a run to do: a rollout, or a recovery. The run hears it where it checks in. */
export interface RunOrder {
  /** ARN of the execution it is for. */
  readonly execution: string;
  /**
   * A rollout knows `promote` and `abort`. A recovery knows `pause`, `resume` (the end of a pause), `abort` (before the
   * point of no return) and `escalate` (a planned run that may lose data from now on).
   */
  readonly order: 'promote' | 'abort' | 'pause' | 'resume' | 'escalate';
  readonly by: string;
  readonly reason: string;
  /** What an `escalate` consents to losing at most; absent for the other orders. */
  readonly allowLoss?: { readonly bytes: number; readonly seconds: number };
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface RunOrders {
  /** The newest order for this execution; an abort is never replaced. */
  read(execution: string): Promise<RunOrder | undefined>;
  give(order: RunOrder): Promise<RunOrder>;
}
