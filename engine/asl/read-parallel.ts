import type { ParallelState } from './machine.ts';
import { readFlow } from './read-flow.ts';
import { readNext } from './read-next.ts';
import { readCatchers, readRetriers } from './read-recovery.ts';
import { own } from '../data/json.ts';
import { readElements } from './section.ts';
import type { StateSource } from './state-source.ts';

/** A Parallel state. */
export function readParallel(source: StateSource): ParallelState {
  const branches = readElements(source, 'Branches');
  if (branches.length === 0 && Array.isArray(own(source.fields, 'Branches')))
    source.place.at('Branches').error('Value cannot be empty');
  return {
    name: source.name,
    type: 'Parallel',
    flow: readFlow(source),
    branches: branches.flatMap(({ value, place }) => source.rules.readStates(value, place, 'branch') ?? []),
    retry: readRetriers(source),
    catch: readCatchers(source),
    next: readNext(source),
  };
}
