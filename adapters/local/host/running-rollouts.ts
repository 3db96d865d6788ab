import type { ExecutionStore, ExecutionSummary } from '../../../engine/runner/ports.ts';
import { Refusal } from './refusal.ts';

/** The running executions of the machine `deploy` that release a service, or any service when none is named. */
export async function runningRollouts(
  store: Pick<ExecutionStore, 'list'>,
  deployMachineArn: string,
  service?: string,
): Promise<readonly ExecutionSummary[]> {
  const running: ExecutionSummary[] = [];
  for (let from: string | undefined; ; ) {
    const query = { machineArn: deployMachineArn, status: 'RUNNING', limit: 100 } as const;
    const page = await store.list({ ...query, ...(from && { from }) });
    running.push(...page.items);
    from = page.next;
    if (from === undefined) break;
  }
  return running.filter((rollout) => service === undefined || serviceOf(rollout) === service);
}

/** @throws Refusal 409 when there is a rollout */
export function refuseRollouts(rollouts: readonly ExecutionSummary[], hint: string): void {
  const [first] = rollouts;
  if (first === undefined) return;
  const others = rollouts.length === 1 ? '' : `, and ${rollouts.length - 1} more`;
  throw new Refusal(409, 'RolloutRuns', `a rollout of ${serviceOf(first)} is not over: ${first.arn}${others}`, hint);
}

const serviceOf = ({ input }: ExecutionSummary): string => String((JSON.parse(input) as { service?: unknown }).service);
