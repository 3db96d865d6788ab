import { stepFunctions } from '../../../functions/index.ts';
import type { Ports } from '../../../functions/ports/ports.ts';
import type { LocalFunctions } from '../../local/local-function.ts';

/** The step functions whose ports are all here, by ARN. A machine that names another is refused when it is created. */
export function stepFunctionsHere(ports: Partial<Ports>, arnOf: (name: string) => string): LocalFunctions {
  const offered = [...stepFunctions].filter(([, { needs }]) => needs.every((port) => ports[port] !== undefined));
  // Each function takes of the ports what it needs, and all of that is here.
  return new Map(
    offered.map(([name, { invoke }]) => [arnOf(name), (input, call) => invoke(input, ports as Ports, call)]),
  );
}
