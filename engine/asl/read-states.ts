import { own, type Json } from '../data/json.ts';
import type { State, States } from './machine.ts';
import type { Place } from './place.ts';
import { readState } from './read-state.ts';
import { readText } from './read-values.ts';
import { checkShape, readSection, type Section } from './section.ts';
import { branchShape, processorShape } from './shapes.ts';
import type { Rules } from './state-source.ts';

/** The longest name of a state, in characters. */
const longestName = 80;

/** What `readStates` needs to know of the machine. */
export type Surroundings = Omit<Rules, 'readStates'>;

/** One scope of states: `StartAt` and `States` of a machine, a branch or a processor. */
export function readStates(section: Section, surroundings: Surroundings): States | undefined {
  const rules: Rules = {
    ...surroundings,
    readStates: (value, place, kind, machineType = surroundings.machineType) =>
      readInner(value, place, kind, { ...surroundings, machineType }),
  };
  const startAt = readText(section, 'StartAt');
  const value = own(section.fields, 'States');
  const states = value === undefined ? undefined : readSection(value, section.place.at('States'));
  if (states === undefined) return undefined;
  const entries = Object.entries(states.fields);
  if (entries.length === 0) states.place.error('Value cannot be empty');
  const read = entries.flatMap(([name, state]) => readNamed(name, state, states.place, rules));
  return startAt === undefined ? undefined : { startAt, states: Object.fromEntries(read) };
}

function readInner(
  value: Json | undefined,
  place: Place,
  kind: 'branch' | 'processor',
  surroundings: Surroundings,
): States | undefined {
  const section = readSection(value, place);
  if (section === undefined) return undefined;
  checkShape(section, kind === 'branch' ? branchShape : processorShape, surroundings.machineLanguage);
  return readStates(section, surroundings);
}

function readNamed(name: string, value: Json, states: Place, rules: Rules): [string, State][] {
  const place = states.at(name);
  const length = Array.from(name).length;
  if (length > longestName)
    place.error(
      `Invalid State name: '${name}' exceeds the ${longestName}-character limit allowed by the service`,
      'INVALID_STATE_NAME',
    );
  if (length === 0)
    place.error(`The name of a state has 1 to ${longestName} characters, this one has none`, 'INVALID_STATE_NAME');
  const section = readSection(value, place);
  const state = section && readState(name, section, rules);
  return state === undefined ? [] : [[name, state]];
}
