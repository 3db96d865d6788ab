import type { Machine, State } from './machine.ts';
import { readMachine, type ReadOptions } from './read-machine.ts';

/** What the tests of this folder share. */
export const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:shift-traffic';

/** `A` runs the state given and goes to `B`, which succeeds, unless the state says otherwise. */
export const around = (state: object): object => ({
  StartAt: 'A',
  States: { A: { Next: 'B', ...state }, B: { Type: 'Succeed' } },
});

/** The same under JSONata. */
export const aroundJsonata = (state: object): object => ({ QueryLanguage: 'JSONata', ...around(state) });

/** Each problem on a line, as CreateStateMachine writes them; empty for a definition that is accepted. */
export function problemsOf(definition: object | string, options: ReadOptions = {}): string[] {
  const reading = readMachine(typeof definition === 'string' ? definition : JSON.stringify(definition), options);
  return reading.ok
    ? []
    : reading.diagnostics.map(({ code, message, location }) => `${code}: ${message} at ${location}`);
}

/** The machine, where the test is not about refusing it. */
export function machineOf(definition: object | string, options: ReadOptions = {}): Machine {
  const reading = readMachine(typeof definition === 'string' ? definition : JSON.stringify(definition), options);
  if (!reading.ok)
    throw new Error(reading.diagnostics.map(({ message, location }) => `${location}: ${message}`).join('\n'));
  return reading.machine;
}

/** State `A` of a definition, which must be of the type. */
export function stateA<Type extends State['type']>(definition: object, type: Type): Extract<State, { type: Type }> {
  const state = machineOf(definition).states['A'];
  if (state === undefined || !isOf(state, type)) throw new Error(`'A' is no ${type} but ${state?.type}`);
  return state;
}

const isOf = <Type extends State['type']>(state: State, type: Type): state is Extract<State, { type: Type }> =>
  state.type === type;
