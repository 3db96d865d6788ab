import { type Machine, readMachine } from '../../../engine/asl/index.ts';
import type { StoredMachine } from '../../../engine/runner/ports.ts';

/** Definitions kept compiled. */
const MACHINES = 200;

/**
 * Reads a stored definition once and remembers the newest. It was checked when the machine was created, with the same
 * `knows`.
 */
export function machineCache(knows: (resource: string) => boolean): (stored: StoredMachine) => Machine {
  const machines = new Map<string, Machine>();
  return ({ arn, revisionId, definition, type }) => {
    const key = `${arn}#${revisionId}`;
    const known = machines.get(key);
    if (known !== undefined) return known;
    const reading = readMachine(definition, { type, knows });
    if (!reading.ok)
      throw new Error(`${arn} was created and cannot be read any more: ${reading.diagnostics[0]?.message}`);
    machines.set(key, reading.machine);
    const [oldest] = machines.keys();
    if (machines.size > MACHINES && oldest !== undefined) machines.delete(oldest);
    return reading.machine;
  };
}
