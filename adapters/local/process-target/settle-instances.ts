import type { ServiceName } from '../../../functions/ports/release.ts';
import type { ChildProcesses, Ending } from './child-processes.ts';
import { bootId, isAlive, killProcess, processesWith } from './linux-processes.ts';
import { exitsInARow } from './restart-delay.ts';
import type { InstanceRecord, RunningInstance } from './service-state.ts';

export interface SettleContext {
  /** Absolute path of the target's folder. */
  readonly folder: string;
  readonly service: ServiceName;
  readonly children: ChildProcesses;
  readonly now: () => number;
}

/**
 * The records of a service's instances, brought up to date with the processes that run. An intended instance, left by
 * a controller that died, is found by its mark or forgotten; one that ended by itself is `exited`, and its remaining
 * children are killed; one that was asked to end is forgotten when nothing of it is left.
 */
export async function settleInstances(
  instances: readonly InstanceRecord[],
  context: SettleContext,
): Promise<readonly InstanceRecord[]> {
  const settled = await Promise.all(instances.map((instance) => settle(instance, context)));
  return settled.every((instance, i) => instance === instances[i]) ? instances : settled.filter((i) => i !== undefined);
}

/** Kills what runs for a service and is in no record, such as children that outlived a forgotten instance. */
export async function killStrangers(instances: readonly InstanceRecord[], { folder, service }: SettleContext) {
  const known = new Set(instances.map((instance) => instance.id));
  const running = await processesWith({ POINTSMAN_TARGET: folder, POINTSMAN_SERVICE: service });
  for (const found of running) if (!known.has(found.env.get('POINTSMAN_INSTANCE') ?? '')) killProcess(found);
}

/** Every process of an instance, also those that left its process group. */
export const processesOf = ({ folder }: SettleContext, instance: string) =>
  processesWith({ POINTSMAN_TARGET: folder, POINTSMAN_INSTANCE: instance });

async function settle(instance: InstanceRecord, context: SettleContext): Promise<InstanceRecord | undefined> {
  const { children } = context;
  if (instance.phase === 'exited') return instance;
  if (instance.phase === 'intended') {
    const leader = (await processesOf(context, instance.id)).find((found) => found.session === found.pid);
    if (leader === undefined) return undefined;
    const { pid, startTicks } = leader;
    return { ...instance, phase: 'running', process: { pid, startTicks, bootId: bootId() }, ready: false };
  }
  if (instance.phase === 'running') {
    const ending = endingOf(instance, context);
    if (ending === 'running') return instance;
    for (const left of await processesOf(context, instance.id)) killProcess(left);
    children.forget(instance.id);
    return exited(instance, ending);
  }
  if (isAlive(instance.process) || (await processesOf(context, instance.id)).length > 0) return instance;
  children.forget(instance.id);
  return undefined;
}

function endingOf({ id, process }: RunningInstance, { children, now }: SettleContext): Ending | 'running' {
  const ending = children.ending(id);
  if (ending !== 'unknown') return ending;
  if (isAlive(process)) return 'running';
  const why = process.bootId === bootId() ? 'ended while nobody watched' : 'ended when the machine was started again';
  return { how: why, at: now() };
}

function exited({ id, release, port, exits, startedAt }: RunningInstance, { how, at }: Ending): InstanceRecord {
  const ranMs = at - startedAt;
  const times = exitsInARow(exits, ranMs);
  const detail = `${how} after ${(ranMs / 1000).toFixed(1)} s${times > 1 ? `, ${times} times in a row` : ''}`;
  return { phase: 'exited', id, release, port, exits: times, startedAt, exitedAt: at, detail };
}
