import { type Machine, processorOf } from '../../asl/index.ts';
import type { ExecutionStore, MachineArn, StoredMachine } from '../ports.ts';

/**
 * The machine that an execution runs. For one of a Map Run it is the item processor inside the machine whose revision
 * is stored, under the ARN and the name that its label gives it; no second definition is kept.
 */
export async function storedMachineAt(
  store: Pick<ExecutionStore, 'machine'>,
  machineArn: MachineArn,
  revisionId: string,
): Promise<StoredMachine | undefined> {
  const { arn, label } = splitLabel(machineArn);
  const stored = await store.machine(arn, revisionId);
  return stored === undefined || label === undefined
    ? stored
    : { ...stored, arn: machineArn, name: `${stored.name}/${label}` };
}

/** The compiled machine of what `storedMachineAt` gives. @throws Error for a label that no Map of it has */
export function compiledMachine(machineOf: (stored: StoredMachine) => Machine, stored: StoredMachine): Machine {
  const { arn, label } = splitLabel(stored.arn);
  if (label === undefined) return machineOf(stored);
  const processor = processorOf(machineOf({ ...stored, arn }), label);
  if (processor === undefined) throw new Error(`${arn} has no distributed Map with the label ${label}`);
  return processor;
}

/** `…:stateMachine:<machine>/<label>` in its parts; a machine's own ARN has no label. */
export function splitLabel(machineArn: MachineArn): { readonly arn: MachineArn; readonly label: string | undefined } {
  const [arn = machineArn, label] = machineArn.split('/', 2);
  return { arn, label };
}
