import type { ExecutionStore } from '../../../../engine/runner/ports.ts';
import type { Lease, Leases } from '../../../../functions/ports/leases.ts';
import type { GroupState, ReplicatedStore } from '../../../../functions/ports/recovery/replicated-store.ts';
import type { RecoveryPlan, RecoveryPlans } from '../../../../functions/ports/recovery/recovery-plans.ts';
import type { RecoveryRun, RecoveryRuns } from '../../../../functions/ports/recovery/recovery-runs.ts';
import type { EndpointState, WriteEndpoint } from '../../../../functions/ports/recovery/write-endpoint.ts';
import type { RunOrder, RunOrders } from '../../../../functions/ports/run-orders.ts';
import { Refusal } from '../refusal.ts';
import { waitingFor } from '../waiting-for.ts';
import type { KeptReadiness } from './readiness-watch.ts';

/** All that is to be seen of a protected group now. */
export interface GroupStatus {
  readonly group: string;
  /** Where its clients reach it: `127.0.0.1:5432`; null before it is published. */
  readonly address: string | null;
  readonly plan: RecoveryPlan;
  readonly state: GroupState;
  readonly endpoint: EndpointState;
  readonly run: RunningRecovery | null;
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
  running(group: string): Promise<RunningRecovery | null>;
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

  async function runOf(lease: Lease | undefined): Promise<RunningRecovery | null> {
    const execution = lease && (await executions.load(lease.owner));
    if (lease === undefined || execution === undefined || execution.summary.status !== 'RUNNING') return null;
    const waiting = (await partOf(lease.owner)) ?? waitingFor(execution.frames);
    const { startedAt } = execution.summary;
    return {
      executionArn: lease.owner,
      startedAt,
      waitingFor: waiting?.waitingFor ?? 'its next step',
      since: waiting?.since ?? startedAt,
      order: (await orders.read(lease.owner)) ?? null,
    };
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
    const [address, state, pointed, lease, recorded] = await Promise.all([
      addressOf(group),
      store.observe(group),
      endpoint.observe(group),
      leases.read(`group:${group}`),
      runs.list(group, RUNS_SHOWN),
    ]);
    return {
      group,
      address: address ?? null,
      plan,
      state,
      endpoint: pointed,
      run: await runOf(lease),
      readiness: readinessOf(group),
      runs: recorded.map((run) => ({ ...run, lost: null })),
    };
  }

  return {
    all: async () => Promise.all((await plans.list()).map(status)),
    of: status,
    running: async (group) => {
      await known(group);
      return runOf(await leases.read(`group:${group}`));
    },
  };
}
