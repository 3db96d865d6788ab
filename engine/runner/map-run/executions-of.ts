import type { ExecutionStatus, ExecutionStore, ExecutionSummary, MapRunArn } from '../ports.ts';

const AT_ONCE = 1000;

/** The executions of a Map Run in the order they were started, those with this status or all. */
export async function executionsOf(
  store: Pick<ExecutionStore, 'list'>,
  mapRunArn: MapRunArn,
  status?: ExecutionStatus,
): Promise<ExecutionSummary[]> {
  const found: ExecutionSummary[] = [];
  const filter = status === undefined ? { mapRunArn } : { mapRunArn, status };
  for (let from: { from?: string } | undefined = {}; from !== undefined; ) {
    const { items, next }: Awaited<ReturnType<ExecutionStore['list']>> = await store.list({
      ...filter,
      limit: AT_ONCE,
      ...from,
    });
    found.push(...items);
    from = next === undefined ? undefined : { from: next };
  }
  return found.reverse();
}
