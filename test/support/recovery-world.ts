import { backupsByGroup } from '../../adapters/by-group.ts';
import { memoryBackupCatalog } from '../../adapters/memory/backup-catalog.ts';
import { memoryImageRegistry } from '../../adapters/memory/image-registry.ts';
import { memoryLeases } from '../../adapters/memory/leases.ts';
import { memoryNotifier } from '../../adapters/memory/notifier.ts';
import { memoryRecoveryPlans } from '../../adapters/memory/recovery-plans.ts';
import { memoryRecoveryRuns } from '../../adapters/memory/recovery-runs.ts';
import { memoryReleaseLedger } from '../../adapters/memory/release-ledger.ts';
import { memoryReleaseTarget } from '../../adapters/memory/release-target.ts';
import { memoryRunOrders } from '../../adapters/memory/run-orders.ts';
import { memoryTrafficRouter } from '../../adapters/memory/traffic-router.ts';
import { functionError } from '../../adapters/local/function-error.ts';
import type { Machine } from '../../engine/asl/index.ts';
import { isObject, type Json } from '../../engine/data/json.ts';
import { createRunner } from '../../engine/runner/create-runner.ts';
import { memoryExecutionStore } from '../../engine/runner/memory-execution-store.ts';
import type {
  Clock,
  ExecutionStore,
  ExecutionSummary,
  StoredMachine,
  TaskDispatcher,
  TaskOutcome,
  TaskRequest,
} from '../../engine/runner/ports.ts';
import { stepFunctions } from '../../functions/index.ts';
import type { BackupEngine } from '../../functions/ports/recovery/backup-engine.ts';
import type { Ports } from '../../functions/ports/ports.ts';
import type { RecoveryPlan } from '../../functions/ports/recovery/recovery-plans.ts';
import { mortal } from './mortal.ts';
import { countingIds } from './counting-ids.ts';
import { mustRead, storedMachine } from './run-machine.ts';
import { workflowDefinition } from './rollout-world.ts';

/** What recovery works on, in memory or for real, and how time passes there. */
export interface RecoverySurroundings {
  readonly group: string;
  /** The first is home and the primary. */
  readonly sites: readonly string[];
  readonly ports: Pick<Ports, 'endpoint' | 'store'>;
  readonly clock: Clock;
  /** Lets time go to the next moment something is due; false when nothing will ever be. */
  readonly letTimePass: () => Promise<boolean>;
  /** Where executions are kept; default: in memory. */
  readonly executions?: ExecutionStore;
  /** Default: none. */
  readonly backups?: BackupEngine;
  /** Lets what is under way go on for a moment. Default: one turn of the event loop, which is enough for what takes no time. */
  readonly breathe?: () => Promise<unknown>;
}

interface RecoveryWorldOptions {
  /** Sees every call of a step function first, and may throw in its place or do something to the world. */
  readonly before?: (name: string, input: Json) => void | Promise<void>;
  /** After every call: what became of it. */
  readonly after?: (name: string, outcome: TaskOutcome) => void | Promise<void>;
  readonly plan?: Partial<RecoveryPlan>;
  readonly machines?: Machines;
}

export type RecoveryWorld = ReturnType<typeof recoveryWorld>;

/** The workflows, read once for many worlds. */
export type Machines = ReadonlyMap<string, { readonly stored: StoredMachine; readonly machine: Machine }>;

export const recoveryMachines = ({ withBackups = false } = {}): Machines => {
  const definitions = [
    ...workflows.map((name) => [name, workflowDefinition(name)] as const),
    ...(withBackups
      ? backupWorkflows.map((name) => [name, workflowDefinition(name)] as const)
      : [['backup', noBackup] as const]),
  ];
  return new Map(
    definitions.map(([name, definition]) => {
      const stored = storedMachine(name, definition);
      return [stored.arn, { stored, machine: mustRead(stored.definition) }];
    }),
  );
};

/** What a failover starts and does not wait for: its own tests show what it does. */
const noBackup = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } });

type WorkflowName = (typeof workflows | typeof backupWorkflows)[number];
const workflows = ['switchover', 'failover', 'failback', 'failover-drill'] as const;
const backupWorkflows = ['backup', 'restore', 'restore-drill'] as const;

/** The workflows and functions of recovery over a world, with a controller that can die between two steps. */
export function recoveryWorld(world: RecoverySurroundings, options: RecoveryWorldOptions = {}) {
  const { group, clock } = world;
  const ports = {
    ...world.ports,
    clock,
    leases: memoryLeases(clock),
    notifier: memoryNotifier(),
    orders: memoryRunOrders(),
    catalog: memoryBackupCatalog(),
    plans: memoryRecoveryPlans(new Map([[group, { ...planOf(group, world.sites), ...options.plan }]])),
    runs: memoryRecoveryRuns(),
    backups: world.backups ?? backupsByGroup(new Map()),
    // Recovery uses none of these.
    images: memoryImageRegistry(),
    ledger: memoryReleaseLedger(),
    router: memoryTrafficRouter(),
    target: memoryReleaseTarget(),
  } satisfies Ports;
  const calls: { readonly name: string; readonly input: Json }[] = [];
  const problems: unknown[] = [];
  const store = world.executions ?? memoryExecutionStore();
  const breathe = world.breathe ?? (() => new Promise(setImmediate));
  const ids = countingIds();
  const machines = options.machines ?? recoveryMachines();
  let inFlight = 0;
  let started = 0;

  const dispatcher: TaskDispatcher = {
    knows: () => true,
    dispatch(task, report) {
      inFlight++;
      void run(task).then((outcome) => {
        inFlight--;
        report(outcome);
      });
    },
    cancel: () => undefined,
  };

  async function run({ resource, input, key }: TaskRequest): Promise<TaskOutcome> {
    const name = resource.split(':').at(-1) ?? '';
    calls.push({ name, input });
    const outcome = await outcomeOf(name, input, key);
    await options.after?.(name, outcome);
    return outcome;
  }

  async function outcomeOf(name: string, input: Json, key: string): Promise<TaskOutcome> {
    try {
      await options.before?.(name, input);
      const call = { key, signal: new AbortController().signal };
      const output: unknown = await stepFunctions.get(name)?.invoke(input, ports, call);
      const json: Json = JSON.parse(JSON.stringify(output));
      if (!isObject(json)) throw new Error(`${name} gave no object`);
      return { kind: 'succeeded', output: json };
    } catch (thrown) {
      return { kind: 'failed', ...functionError(thrown) };
    }
  }

  const boot = (dieAt: number) => {
    const life = mortal({ store, clock, dispatcher }, dieAt);
    const runner = createRunner({
      ...life,
      ids,
      machineOf: ({ arn, definition }) => machines.get(arn)?.machine ?? mustRead(definition),
      onProblem: (problem, arn, thrown) => problems.push({ problem, arn, thrown }),
    });
    return { life, runner };
  };
  let controller = boot(0);
  let deaths = 0;

  /** Until nothing moves any more without time; a controller that died is replaced. */
  async function settle(): Promise<void> {
    for (let idle = 0; idle < 4; idle++) {
      const before = calls.length;
      await Promise.race([controller.runner.settled(), controller.life.died]);
      if (controller.life.isDead()) {
        controller = boot(0);
        deaths++;
        idle = 0;
        await controller.runner.recover();
      }
      await breathe();
      if (calls.length > before || inFlight > 0) idle = 0;
    }
    if (problems.length > 0) throw new Error('the runner met a problem', { cause: problems[0] });
  }

  /** Starts a workflow and gives its ARN. */
  async function start(name: WorkflowName, input: { readonly [key: string]: Json }): Promise<string> {
    for (const { stored } of machines.values()) await store.putMachine(stored);
    const machine = machines.values().find(({ stored }) => stored.name === name)?.stored;
    if (machine === undefined) throw new Error(`there is no workflow ${name}`);
    const run = `${name}-${++started}`;
    const asked = () => controller.runner.start({ machine, name: run, input: JSON.stringify({ group, ...input }) });
    // Whoever asked a controller that dies gets no answer, and asks the next one for the same.
    const answer = await Promise.race([asked(), controller.life.died]);
    await settle();
    const { execution } = answer ?? (await asked());
    await settle();
    return execution.arn;
  }

  /** Lets time pass until an execution has ended, or until `until` holds. */
  async function pass(arn: string, until: () => boolean = () => false): Promise<ExecutionSummary> {
    for (;;) {
      const summary = await store.summary(arn);
      if (summary === undefined) throw new Error(`there is no execution ${arn}`);
      if (summary.status !== 'RUNNING' || until()) return summary;
      if (!(await world.letTimePass())) throw new Error(`${arn} waits for nothing, after ${calls.at(-1)?.name}`);
      await settle();
    }
  }

  /** What a person who looked a moment ago approves. */
  async function approval(mode: 'switchover' | 'failover' | 'failback', more: Approval = {}): Promise<Json> {
    const { to = null, ...rest } = more;
    const raw = await stepFunctions
      .get('check-readiness')
      ?.invoke({ group, mode, to }, ports, { key: '', signal: new AbortController().signal });
    const look: Json = JSON.parse(JSON.stringify(raw));
    if (!isObject(look)) throw new Error('readiness is no object');
    return {
      by: 'operator',
      planVersion: look['planVersion'] ?? '',
      readinessHash: look['hash'] ?? '',
      expiresAt: clock.now() + 600_000,
      ...(mode === 'failover' ? { allowLoss: { bytes: 1_000_000, seconds: 3600 } } : {}),
      ...rest,
    };
  }

  return {
    ...ports,
    clock,
    calls,
    executions: store,
    start,
    pass,
    settle,
    approval,
    /** Another controller takes over, which dies at its n-th moment (before a commit, after it …), once; 0: never. */
    async replaceController(dieAt: number) {
      await controller.runner.close();
      controller = boot(dieAt);
    },
    /** Moments at which the controller could have died. */
    moments: () => controller.life.moments(),
    deaths: () => deaths,
    run: async (name: WorkflowName, input: { readonly [key: string]: Json } = {}) => pass(await start(name, input)),
  };
}

interface Approval {
  readonly to?: string;
  readonly allowLoss?: { readonly bytes: number; readonly seconds: number };
  readonly overrides?: { readonly check: string; readonly reason: string }[];
  readonly expiresAt?: number;
}

export const planOf = (group: string, sites: readonly string[]): RecoveryPlan => ({
  group,
  version: 'plan-1',
  sites,
  services: [],
  objectives: { rtoSeconds: 30, rpoSeconds: 5, rpoBytes: 1000 },
  catchUpSeconds: 20,
  verifiedWithinHours: 48,
  backup: {
    fullEvery: 7,
    copyTo: [],
    retention: {
      last: 3,
      hourly: 0,
      daily: 7,
      weekly: 4,
      monthly: 0,
      yearly: 0,
      timeZone: 'Europe/Zurich',
      minimumAgeHours: 24,
    },
  },
});
