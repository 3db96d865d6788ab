import { readFileSync } from 'node:fs';
import { functionError } from '../../adapters/local/function-error.ts';
import { memoryImageRegistry } from '../../adapters/memory/image-registry.ts';
import { memoryLeases } from '../../adapters/memory/leases.ts';
import { memoryNotifier } from '../../adapters/memory/notifier.ts';
import { memoryRecovery } from './memory-recovery.ts';
import { memoryReleaseLedger } from '../../adapters/memory/release-ledger.ts';
import { memoryReleaseTarget, type MemoryReleaseTargetOptions } from '../../adapters/memory/release-target.ts';
import { memoryRunOrders } from '../../adapters/memory/run-orders.ts';
import { memoryTrafficRouter } from '../../adapters/memory/traffic-router.ts';
import { readDefinitionText, substitute } from '../../engine/asl/index.ts';
import { isObject, type Json } from '../../engine/data/json.ts';
import { createRunner } from '../../engine/runner/create-runner.ts';
import { memoryExecutionStore } from '../../engine/runner/memory-execution-store.ts';
import type { ExecutionSummary, TaskDispatcher, TaskOutcome, TaskRequest } from '../../engine/runner/ports.ts';
import { stepFunctions } from '../../functions/index.ts';
import type { Ports } from '../../functions/ports/ports.ts';
import { countingIds } from './counting-ids.ts';
import { functionArn, mustRead, storedMachine } from './run-machine.ts';
import { simulatedTraffic } from './simulated-traffic.ts';
import { testClock } from './test-clock.ts';

/** The definition of a workflow as a host would register it. */
export function workflowDefinition(name: string): string {
  const file = new URL(`../../workflows/${name}/definition.asl.yaml`, import.meta.url);
  const text = readDefinitionText(readFileSync(file, 'utf8'));
  if (!text.ok) throw new Error(`${name}: ${text.diagnostics.map(({ message }) => message).join('\n')}`);
  return substitute(text.definition, arnOf).definition;
}

const arnOf = (wanted: string): string =>
  stepFunctions.has(wanted) ? functionArn(wanted) : storedMachine(wanted, '').arn;

/**
 * The workflows, the functions and memory adapters on virtual time, with 200 requests a second for the service `shop`.
 * `before` sees every call of a function first and may throw in its place or do something to the world.
 */
export function rolloutWorld(
  options: MemoryReleaseTargetOptions & {
    readonly before?: (name: string, input: Json) => void | Promise<void>;
    readonly patienceMs?: number;
  } = {},
) {
  const clock = testClock();
  const now = () => clock.now();
  const traffic = simulatedTraffic(memoryTrafficRouter(), 'shop', 200, now, options.patienceMs);
  const ports = {
    clock,
    images: memoryImageRegistry(),
    leases: memoryLeases(clock),
    ledger: memoryReleaseLedger(),
    notifier: memoryNotifier(),
    orders: memoryRunOrders(),
    router: traffic.router,
    ...memoryRecovery(),
    target: memoryReleaseTarget({ readyAtOnce: true, endsAtOnce: true, now, ...options }),
  } satisfies Ports;
  const calls: { readonly name: string; readonly input: Json }[] = [];
  const store = memoryExecutionStore();
  const problems: unknown[] = [];
  const dispatcher = dispatching(ports, async (name, input) => {
    calls.push({ name, input });
    await options.before?.(name, input);
  });
  const runner = createRunner({
    store,
    dispatcher,
    clock,
    ids: countingIds(),
    machineOf: ({ definition }) => mustRead(definition),
    onProblem: (problem, arn, thrown) => problems.push({ problem, arn, thrown }),
  });
  const machines = new Map(['deploy', 'canary'].map((name) => [name, storedMachine(name, workflowDefinition(name))]));
  let deployments = 0;

  const settle = async () => {
    for (let idle = 0; idle < 5; idle++) {
      const before = calls.length;
      await runner.settled();
      await new Promise(setImmediate);
      if (calls.length > before) idle = 0;
    }
    if (problems.length > 0) throw new Error('the runner met a problem', { cause: problems[0] });
  };

  /** Starts a deployment and gives its ARN. */
  async function start(input: { readonly [key: string]: Json }): Promise<string> {
    for (const machine of machines.values()) await store.putMachine(machine);
    const machine = machines.get('deploy');
    if (!machine) throw new Error('there is no deploy machine');
    const name = `deployment-${++deployments}`;
    const settings = { steps: [10, 50], tickSeconds: 1, minSecondsPerStep: 5, maxSeconds: 120, maxBlindSeconds: 10 };
    const text = JSON.stringify({
      service: 'shop',
      repository: 'shop',
      instances: 2,
      readySeconds: 10,
      canary: settings,
      ...input,
    });
    const { execution } = await runner.start({ machine, name, input: text });
    await settle();
    return execution.arn;
  }

  /** Lets time pass until an execution has ended, or until `until` holds. */
  async function pass(arn: string, until: () => boolean = () => false): Promise<ExecutionSummary> {
    for (;;) {
      const summary = await store.summary(arn);
      if (!summary) throw new Error(`there is no execution ${arn}`);
      if (summary.status !== 'RUNNING' || until()) return summary;
      if (!clock.advanceToNext()) throw new Error(`${arn} waits for nothing, in the middle of ${calls.at(-1)?.name}`);
      await settle();
    }
  }

  return {
    ...ports,
    traffic,
    calls,
    store,
    start,
    pass,
    stop: (arn: string) => runner.stop(arn, { error: 'Test', cause: 'stopped by the test' }).then(settle),
    deploy: async (input: { readonly [key: string]: Json }) => pass(await start(input)),
  };
}

/** Calls the step functions over ports; `before` sees every call first. */
export function dispatching(ports: Ports, before: (name: string, input: Json) => Promise<void>): TaskDispatcher {
  const run = async ({ resource, input, key }: TaskRequest): Promise<TaskOutcome> => {
    const name = resource.split(':').at(-1) ?? '';
    try {
      await before(name, input);
      const call = { key, signal: new AbortController().signal };
      const output = await stepFunctions.get(name)?.invoke(input, ports, call);
      const json: Json = JSON.parse(JSON.stringify(output));
      if (!isObject(json)) throw new Error(`${name} gave no object`);
      return { kind: 'succeeded', output: json };
    } catch (thrown) {
      return { kind: 'failed', ...functionError(thrown) };
    }
  };
  return { knows: () => true, dispatch: (task, report) => void run(task).then(report), cancel: () => undefined };
}
