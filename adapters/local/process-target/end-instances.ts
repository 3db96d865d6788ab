import { killProcess, signalGroup } from './linux-processes.ts';
import type { InstanceRecord } from './service-state.ts';
import { processesOf, type SettleContext } from './settle-instances.ts';

/**
 * Asks instances to end: SIGTERM to the process group of one that runs, which has `drainSeconds` from then; SIGKILL to
 * everything of one that had its time. Exited ones are done with. Gives what is left; safe to repeat.
 */
export async function endInstances(
  instances: readonly InstanceRecord[],
  drainSeconds: number,
  context: SettleContext,
): Promise<readonly InstanceRecord[]> {
  const left: InstanceRecord[] = [];
  for (const instance of instances) {
    switch (instance.phase) {
      case 'intended':
      case 'exited':
        break;
      case 'running': {
        // the signal before the record: after a crash between them it is sent again, and never not at all
        signalGroup(instance.process, 'SIGTERM');
        const { ready: _, ...rest } = instance;
        left.push({ ...rest, phase: 'stopping', stopBy: context.now() + drainSeconds * 1000 });
        break;
      }
      case 'stopping':
        if (context.now() >= instance.stopBy) await killInstance(instance, context);
        left.push(instance);
    }
  }
  return left;
}

/** Kills every process of an instance. */
export async function killInstance(instance: InstanceRecord, context: SettleContext): Promise<void> {
  if (instance.phase === 'running' || instance.phase === 'stopping') signalGroup(instance.process, 'SIGKILL');
  for (const left of await processesOf(context, instance.id)) killProcess(left);
}
