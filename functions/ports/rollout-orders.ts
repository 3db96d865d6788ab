/** What a person told a rollout to do. The rollout reads it at every tick. */
export interface RolloutOrder {
  /** ARN of the execution it is for. */
  readonly execution: string;
  readonly order: 'promote' | 'abort';
  readonly by: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface RolloutOrders {
  /** The order for this execution; an abort is never replaced by a promote. */
  read(execution: string): Promise<RolloutOrder | undefined>;
  give(order: RolloutOrder): Promise<RolloutOrder>;
}
