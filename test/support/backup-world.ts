import { memoryBackupCatalog } from '../../adapters/memory/backup-catalog.ts';
import {
  type MemoryBackupEngine,
  memoryBackupEngine,
  type MemoryBackupOptions,
} from '../../adapters/memory/backup-engine.ts';
import { memoryImageRegistry } from '../../adapters/memory/image-registry.ts';
import { memoryLeases } from '../../adapters/memory/leases.ts';
import { memoryNotifier } from '../../adapters/memory/notifier.ts';
import { memoryRecoveryPlans } from '../../adapters/memory/recovery-plans.ts';
import { memoryRecoveryRuns } from '../../adapters/memory/recovery-runs.ts';
import { memoryReleaseLedger } from '../../adapters/memory/release-ledger.ts';
import { memoryReleaseTarget } from '../../adapters/memory/release-target.ts';
import { memoryRunOrders } from '../../adapters/memory/run-orders.ts';
import { memoryTrafficRouter } from '../../adapters/memory/traffic-router.ts';
import { memoryWriteEndpoint } from '../../adapters/memory/write-endpoint.ts';
import type { Json } from '../../engine/data/json.ts';
import { createRunner } from '../../engine/runner/create-runner.ts';
import { memoryExecutionStore } from '../../engine/runner/memory-execution-store.ts';
import type { ExecutionSummary } from '../../engine/runner/ports.ts';
import type { Runner } from '../../engine/runner/runner.ts';
import type { Ports } from '../../functions/ports/ports.ts';
import type { RecoveryPlan, Retention } from '../../functions/ports/recovery/recovery-plans.ts';
import type { SiteState } from '../../functions/ports/recovery/replicated-store.ts';
import { countingIds } from './counting-ids.ts';
import { type Life, mortality } from './mortal-controller.ts';
import { observedStore } from './observed-store.ts';
import { dispatching, workflowDefinition } from './rollout-world.ts';
import { mustRead, storedMachine } from './run-machine.ts';
import { testClock } from './test-clock.ts';

interface BackupWorldOptions extends Pick<MemoryBackupOptions, 'lockHours' | 'stillWorking'> {
  readonly machines?: ReturnType<typeof backupMachines>;
  readonly fullEvery?: number;
  readonly copyTo?: readonly string[];
  readonly retention?: Partial<Retention>;
  /** Sees every call of a function first, and may throw in its place or do something to the world. */
  readonly before?: (name: string, input: Json) => void | Promise<void>;
  /** Shows the store in the middle of something. */
  readonly storeState?: (state: SiteState) => SiteState;
}

const sites = ['north', 'south'];
const HOUR_MS = 3_600_000;

/** The workflows of backups, read once for as many worlds as there are. */
export const backupMachines = () =>
  new Map(
    ['backup', 'restore', 'restore-drill'].map((name) => {
      const definition = workflowDefinition(name);
      return [name, { stored: storedMachine(name, definition), read: mustRead(definition) }];
    }),
  );

/** The workflows of backups, their functions and memory adapters on virtual time, for the group `shop` on `north` and `south`. */
export function backupWorld(options: BackupWorldOptions = {}) {
  const {
    machines = backupMachines(),
    fullEvery = 3,
    copyTo = ['south'],
    retention = {},
    before,
    storeState,
    ...engineOptions
  } = options;
  const clock = testClock();
  const now = () => clock.now();
  const backups: MemoryBackupEngine = memoryBackupEngine({ now, sites, ...engineOptions });
  const ports = {
    clock,
    backups,
    catalog: memoryBackupCatalog(),
    endpoint: memoryWriteEndpoint(),
    images: memoryImageRegistry(),
    leases: memoryLeases(clock),
    ledger: memoryReleaseLedger(),
    notifier: memoryNotifier(),
    orders: memoryRunOrders(),
    plans: memoryRecoveryPlans(new Map([['shop', planOf(fullEvery, copyTo, retention)]])),
    router: memoryTrafficRouter(),
    runs: memoryRecoveryRuns(),
    store: observedStore(backups, sites, now, storeState),
    target: memoryReleaseTarget({ readyAtOnce: true, endsAtOnce: true, now }),
  } satisfies Ports;
  const calls: { readonly name: string; readonly input: Json }[] = [];
  const problems: unknown[] = [];
  const executions = memoryExecutionStore();
  const functions = dispatching(ports, async (name, input) => {
    calls.push({ name, input });
    await before?.(name, input);
  });
  const { store, dispatcher, passed, killAt } = mortality();
  const ids = countingIds();
  let controller = startController();
  let started = 0;

  function machineOf(workflow: string) {
    const machine = machines.get(workflow);
    if (machine === undefined) throw new Error(`there is no workflow ${workflow}`);
    return machine;
  }

  function startController(): { readonly runner: Runner; readonly life: Life } {
    const life: Life = { isDead: false };
    const runner = createRunner({
      store: store(executions, life),
      dispatcher: dispatcher(functions, life),
      clock,
      ids,
      machineOf: ({ name }) => machineOf(name).read,
      onProblem: (problem, arn, thrown) => void (life.isDead || problems.push({ problem, arn, thrown })),
    });
    return { runner, life };
  }

  /** Until nothing happens any more; a controller that died is followed by the next. */
  async function settle(): Promise<void> {
    for (let idle = 0; idle < 5; idle++) {
      const before = calls.length + passed();
      await new Promise(setImmediate);
      if (controller.life.isDead) {
        controller = startController();
        await controller.runner.recover();
        idle = 0;
      }
      if (calls.length + passed() > before) idle = 0;
    }
    if (problems.length > 0) throw new Error('the runner met a problem', { cause: problems[0] });
  }

  /** Starts a workflow and gives its ARN. */
  async function start(workflow: string, input: { readonly [key: string]: Json } = {}): Promise<string> {
    const { stored: machine } = machineOf(workflow);
    await executions.putMachine(machine);
    const name = `run-${++started}`;
    // A controller that dies meanwhile never answers.
    void controller.runner.start({ machine, name, input: JSON.stringify({ group: 'shop', ...input }) });
    await settle();
    return `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
  }

  /** Lets time pass until an execution has ended, or until `until` holds. */
  async function pass(arn: string, until: () => boolean = () => false): Promise<ExecutionSummary> {
    for (;;) {
      const summary = await executions.summary(arn);
      if (!summary) throw new Error(`there is no execution ${arn}`);
      if (summary.status !== 'RUNNING' || until()) return summary;
      if (!clock.advanceToNext()) throw new Error(`${arn} waits for nothing, in the middle of ${calls.at(-1)?.name}`);
      await settle();
    }
  }

  async function run(workflow: string, input: { readonly [key: string]: Json } = {}) {
    const summary = await pass(await start(workflow, input));
    const output: Json = JSON.parse(summary.output ?? 'null');
    return { ...summary, output, record: await ports.runs.read(summary.arn) };
  }

  /** Commits a row a second before the hour is over, and takes a backup when it is. */
  async function backupAfterAnHour(input: { readonly [key: string]: Json } = {}) {
    clock.advance(HOUR_MS - (now() % HOUR_MS) - 1000);
    backups.write('orders', { [`order-${now()}`]: 'paid' });
    clock.advance(1000);
    return run('backup', input);
  }

  return {
    ...ports,
    calls,
    clock,
    start,
    pass,
    run,
    backupAfterAnHour,
    /** Moments at which the controller could have been killed so far. */
    moments: passed,
    /** The controller dies there, and another takes its place. */
    killAt,
    ids: async (site: string) => (await backups.list('shop', site)).map(({ id }) => id),
    record: async (id: string) => (await ports.catalog.list('shop')).find((each) => each.id === id),
  };
}

const planOf = (fullEvery: number, copyTo: readonly string[], retention: Partial<Retention>): RecoveryPlan => ({
  group: 'shop',
  version: 'plan-1',
  sites,
  services: [],
  objectives: { rtoSeconds: 60, rpoSeconds: 5, rpoBytes: 1_000_000 },
  catchUpSeconds: 10,
  verifiedWithinHours: 168,
  backup: {
    fullEvery,
    copyTo,
    retention: {
      last: 2,
      hourly: 0,
      daily: 0,
      weekly: 0,
      monthly: 0,
      yearly: 0,
      timeZone: 'Europe/Zurich',
      minimumAgeHours: 0,
      ...retention,
    },
  },
});
