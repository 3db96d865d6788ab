import type { ExecutionStore } from '../../../../engine/runner/ports.ts';
import type { Leases } from '../../../../functions/ports/leases.ts';
import type { GroupState, ReplicatedStore } from '../../../../functions/ports/recovery/replicated-store.ts';
import type { RecoveryPlan, RecoveryPlans } from '../../../../functions/ports/recovery/recovery-plans.ts';
import type { RecoveryRun, RecoveryRuns } from '../../../../functions/ports/recovery/recovery-runs.ts';
import type { EndpointState, WriteEndpoint } from '../../../../functions/ports/recovery/write-endpoint.ts';
import type { RunOrder, RunOrders } from '../../../../functions/ports/run-orders.ts';
import { Refusal } from '../refusal.ts';
import { waitingFor } from '../waiting-for.ts';
import type { GroupRuns } from './order-target.ts';
import type { KeptReadiness } from './readiness-watch.ts';
import { recoveryWorkflows } from './start-recovery.ts';

/** All that is to be seen of a protected group now. */
export interface GroupStatus {
  readonly group: string;
  /** Where its clients reach it: `127.0.0.1:5432`; null before it is published. */
  readonly address: string | null;
  readonly plan: RecoveryPlan;
  readonly state: GroupState;
  readonly endpoint: EndpointState;
  readonly run: RunningRecovery | null;
  /** Backups, restores and drills that run beside it. */
  readonly besides: readonly RunningRecovery[];
  /** As it was last looked at, by mode; null before the first look. */
  readonly readiness: KeptReadiness | null;
  /** Newest first; their lost rows are left out (null). */
  readonly runs: readonly RecoveryRun[];
}

export interface RunningRecovery {
  readonly executionArn: string;
  readonly startedAt: number;
  /** The step it is at, and since when; of the part that runs when it has parts. */
  readonly waitingFor: string;
  readonly since: number;
  /** The newest order that people gave it. */
  readonly order: RunOrder | null;
}

interface GroupStatusesOptions {
  readonly plans: RecoveryPlans;
  readonly store: ReplicatedStore;
  readonly endpoint: WriteEndpoint;
  readonly runs: RecoveryRuns;
  readonly leases: Leases;
  readonly orders: RunOrders;
  readonly executions: Pick<ExecutionStore, 'load' | 'list'>;
  readonly addressOf: (group: string) => Promise<string | undefined>;
  readonly readinessOf: (group: string) => KeptReadiness | null;
}

const RUNS_SHOWN = 20;

export interface GroupStatuses {
  all(): Promise<readonly GroupStatus[]>;
  /** @throws Refusal 404 */
  of(group: string): Promise<GroupStatus>;
  /** What runs on the group now. @throws Refusal 404 */
  running(group: string): Promise<GroupRuns>;
}

export function groupStatuses(options: GroupStatusesOptions): GroupStatuses {
  const { plans, store, endpoint, runs, leases, orders, executions, addressOf, readinessOf } = options;

  async function known(group: string): Promise<RecoveryPlan> {
    const groups = await plans.list();
    if (groups.includes(group)) return plans.read(group);
    const hint =
      groups.length === 0 ? 'name one under `groups` in pointsman.yaml' : `groups here: ${groups.join(', ')}`;
    throw new Refusal(404, 'GroupNotFound', `there is no protected group ${group}`, hint);
  }

  async function runOf(arn: string): Promise<RunningRecovery | null> {
    const execution = await executions.load(arn);
    if (execution === undefined || execution.summary.status !== 'RUNNING') return null;
    const waiting = (await partOf(arn)) ?? waitingFor(execution.frames);
    const { startedAt } = execution.summary;
    return {
      executionArn: arn,
      startedAt,
      waitingFor: waiting?.waitingFor ?? 'its next step',
      since: waiting?.since ?? startedAt,
      order: (await orders.read(arn)) ?? null,
    };
  }

  async function runsOf(group: string): Promise<GroupRuns> {
    const lease = await leases.read(`group:${group}`);
    const holder = lease === undefined ? null : await runOf(lease.owner);
    const { items } = await executions.list({ status: 'RUNNING', limit: 1000 });
    const others = items.filter(({ arn, machineArn, input }) => {
      const isRecovery = recoveryWorkflows.some((name) => machineArn.endsWith(`:${name}`));
      return isRecovery && arn !== lease?.owner && groupIn(input) === group;
    });
    const besides = await Promise.all(others.map(async ({ arn }) => ((await isPart(arn)) ? null : runOf(arn))));
    return { holder, besides: besides.filter((run) => run !== null) };
  }

  /** A part of another run, which hears the orders for both. */
  async function isPart(arn: string): Promise<boolean> {
    const start = (await executions.load(arn))?.frames['start'];
    return start?.kind === 'start' && start.waiter !== undefined;
  }

  /** A failback waits for its switchover: what people want to know is what that waits for. */
  async function partOf(arn: string) {
    const running = await executions.list({ status: 'RUNNING', limit: 100 });
    for (const { arn: child } of running.items) {
      const { frames = {} } = (await executions.load(child)) ?? {};
      const start = frames['start'];
      if (start?.kind === 'start' && start.waiter?.arn === arn) return waitingFor(frames);
    }
    return undefined;
  }

  async function status(group: string): Promise<GroupStatus> {
    const plan = await known(group);
    const [address, state, pointed, running, recorded] = await Promise.all([
      addressOf(group),
      store.observe(group),
      endpoint.observe(group),
      runsOf(group),
      runs.list(group, RUNS_SHOWN),
    ]);
    return {
      group,
      address: address ?? null,
      plan,
      state,
      endpoint: pointed,
      run: running.holder,
      besides: running.besides,
      readiness: readinessOf(group),
      runs: recorded.map((run) => ({ ...run, lost: null })),
    };
  }

  return {
    all: async () => Promise.all((await plans.list()).map(status)),
    of: status,
    running: async (group) => {
      await known(group);
      return runsOf(group);
    },
  };
}

function groupIn(input: string): unknown {
  const value: unknown = JSON.parse(input);
  return typeof value === 'object' && value !== null && 'group' in value ? value.group : undefined;
}
