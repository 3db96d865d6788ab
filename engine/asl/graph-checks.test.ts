import { describe, expect, it } from 'vitest';
import { functionArn, problemsOf } from './reading-in-tests.ts';

const pass = (next?: string) => ({ Type: 'Pass', ...(next === undefined ? { End: true } : { Next: next }) });
const machine = (States: object, StartAt = 'A') => ({ StartAt, States });
const notReachable = (name: string) =>
  `MISSING_TRANSITION_TARGET: State "${name}" is not reachable. at /States/${name}`;
const noEnd = 'MISSING_END_STATE: Workflow has no terminal state at null';

// AWS's own texts, order and places, for all that is not inside a branch.
describe('the graph of a definition', () => {
  it('has a terminal state', () => {
    expect(problemsOf(machine({ A: pass('B'), B: pass('A') }))).toEqual([noEnd]);
  });

  it('does not end in a state without a type', () => {
    expect(problemsOf(machine({ A: { End: true } }))).toEqual([
      "SCHEMA_VALIDATION_FAILED: The field 'Type' is required at /States/A",
      noEnd,
    ]);
  });

  it('is not searched for unreachable states when it has no terminal state', () => {
    expect(problemsOf(machine({ A: pass('B'), B: pass('A'), C: pass('A') }))).toEqual([noEnd]);
  });

  it('has no state that nothing leads to', () => {
    expect(problemsOf(machine({ A: pass('B'), B: pass('A'), C: pass() }))).toEqual([notReachable('C')]);
  });

  it('has no states that only lead to one another', () => {
    expect(problemsOf(machine({ A: pass(), B: pass('C'), C: pass('B') }))).toEqual([notReachable('B')]);
  });

  it('has a state for every target, the start among them', () => {
    expect(problemsOf(machine({ A: pass('B'), B: pass() }, 'Z'))).toEqual([
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: Z at /StartAt",
      notReachable('A'),
    ]);
  });

  it('says of a missing target before it says of a missing end', () => {
    expect(problemsOf(machine({ A: pass('NOPE') }))).toEqual([
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/Next",
      noEnd,
    ]);
  });

  it.each([
    ['Choices[0]/Next', { Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'NOPE' }], Default: 'B' }],
    ['Default', { Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'B' }], Default: 'NOPE' }],
    [
      'Catch[0]/Next',
      { Type: 'Task', Resource: functionArn, Next: 'B', Catch: [{ ErrorEquals: ['E'], Next: 'NOPE' }] },
    ],
  ])('calls every missing target Next, at %s too', (location, state) => {
    expect(problemsOf(machine({ A: state, B: pass() }))).toEqual([
      `MISSING_TRANSITION_TARGET: Missing 'Next' target: NOPE at /States/A/${location}`,
    ]);
  });

  it('does not lead out of a branch or into one', () => {
    const branches = [machine({ B1: pass('Last') }, 'B1')];

    expect(problemsOf(machine({ A: { Type: 'Parallel', Branches: branches, Next: 'Last' }, Last: pass() }))).toEqual([
      "MISSING_TRANSITION_TARGET: Missing 'Next' target: Last at /States/A/Branches[0]/States/B1/Next",
    ]);
  });

  it('may be endless in a branch or a processor', () => {
    const loop = machine({ B1: pass('B2'), B2: pass('B1') }, 'B1');

    expect(problemsOf(machine({ A: { Type: 'Map', ItemProcessor: loop, End: true } }))).toEqual([]);
  });

  it('uses a name once, in all its scopes together', () => {
    const processor = machine({ Last: pass() }, 'Last');

    expect(problemsOf(machine({ A: { Type: 'Map', ItemProcessor: processor, Next: 'Last' }, Last: pass() }))).toEqual([
      'DUPLICATE_STATE_NAME: Duplicate State name: Last at /States/A/ItemProcessor/States/Last',
    ]);
  });
});
