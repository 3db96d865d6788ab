import type { Json } from '../data/json.ts';
import type { QueryLanguage, States } from './machine.ts';
import type { Place } from './place.ts';
import type { Section } from './section.ts';
import type { StateType } from './shapes.ts';

/** A state as its definition has it, and what its reader needs to know. */
export interface StateSource extends Section {
  readonly name: string;
  readonly type: StateType;
  /** The state's own `QueryLanguage`, else the machine's: an enclosing Map or Parallel does not pass its own on. */
  readonly language: QueryLanguage;
  readonly rules: Rules;
}

/** What is the same for all states of a definition. */
export interface Rules {
  readonly machineLanguage: QueryLanguage;
  readonly machineType: 'STANDARD' | 'EXPRESS';
  /** Whether a Task may name a resource besides those in `resources.ts`. */
  readonly knows: (resource: string) => boolean;
  /** Reads the states of a branch or a processor; undefined, and reported, when they are none. */
  readonly readStates: (
    value: Json | undefined,
    place: Place,
    kind: 'branch' | 'processor',
    /** Absent: the machine's. A distributed Map chooses that of its executions. */
    machineType?: 'STANDARD' | 'EXPRESS',
  ) => States | undefined;
}
