import type { ExecutionArn, ExecutionStore, ExecutionSummary } from './ports.ts';

/** Those who wait in this process for executions to end. */
export interface EndWatchers {
  tell(ended: ExecutionSummary): void;
  /** The execution's summary once it has ended. */
  ended(arn: ExecutionArn): Promise<ExecutionSummary>;
}

export function createEndWatchers(store: Pick<ExecutionStore, 'summary'>): EndWatchers {
  const watchers = new Map<ExecutionArn, ((summary: ExecutionSummary) => void)[]>();
  return {
    tell(summary) {
      for (const tell of watchers.get(summary.arn) ?? []) tell(summary);
      watchers.delete(summary.arn);
    },
    async ended(arn) {
      const ended = new Promise<ExecutionSummary>((tell) => {
        watchers.set(arn, [...(watchers.get(arn) ?? []), tell]);
      });
      const summary = await store.summary(arn);
      return summary === undefined || summary.status === 'RUNNING' ? ended : summary;
    },
  };
}
