import { stepFunctions } from '../../../functions/index.ts';
import type { Ports } from '../../../functions/ports/ports.ts';
import type { LocalFunctions } from '../../local/local-function.ts';

/** The ports that this host has an adapter for. */
export type PortsHere = Pick<Ports, 'clock' | 'leases' | 'ledger' | 'notifier' | 'orders'>;

/**
 * The step functions that need no other port, by ARN. A machine that names one of the others is refused when it is
 * created, by its name.
 */
export function functionsHere(ports: PortsHere, arnOf: (name: string) => string): LocalFunctions {
  const here = [...stepFunctions].filter(([, { needs }]) => needs.every((port) => Object.hasOwn(ports, port)));
  // What a function needs is here; the others are never read.
  return new Map(here.map(([name, { invoke }]) => [arnOf(name), (input, call) => invoke(input, ports as Ports, call)]));
}
