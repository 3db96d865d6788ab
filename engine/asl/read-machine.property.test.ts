import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { States } from './machine.ts';
import { machineGraph } from './machine-graph.ts';
import { readMachine } from './read-machine.ts';
import { functionArn } from './reading-in-tests.ts';

const names = ['A', 'B', 'C', 'D'];
const name = fc.constantFrom(...names);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 });
const anything = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<unknown>('$', '$.a', '{% 1 %}', '{% (', 1, true, null) },
  fc.jsonValue(),
);

const transition = fc.oneof(fc.record({ Next: name }), fc.constant({ End: true }));
const state = fc.oneof(
  transition.map((to) => ({ Type: 'Pass', ...to })),
  transition.map((to) => ({ Type: 'Wait', Seconds: 1, ...to })),
  fc.tuple(transition, name).map(([to, Next]) => ({
    Type: 'Task',
    Resource: functionArn,
    Catch: [{ ErrorEquals: ['States.ALL'], Next }],
    ...to,
  })),
  fc
    .tuple(name, name)
    .map(([Next, Default]) => ({ Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next }], Default })),
  fc.constant({ Type: 'Succeed' }),
);

/** Right in shape; whether its graph holds together is left to chance. */
const likely = fc
  .tuple(name, fc.uniqueArray(name, { minLength: 1 }), fc.array(state, { minLength: 4, maxLength: 4 }))
  .map(([StartAt, used, states]) => ({
    StartAt,
    States: Object.fromEntries(used.map((each, index) => [each, states[index]])),
  }));

const fields = [
  'Type',
  'Next',
  'End',
  'Resource',
  'Choices',
  'Branches',
  'ItemProcessor',
  'Retry',
  'Catch',
  'Assign',
  'Output',
  'Parameters',
  'ResultPath',
  'Seconds',
  'Items',
  'Condition',
  'Credentials',
];
const brokenState = fc
  .dictionary(fc.constantFrom(...fields), anything)
  .chain((some) =>
    fc.constantFrom('Task', 'Wait', 'Pass', 'Fail', 'Choice', 'Parallel', 'Map').map((Type) => ({ ...some, Type })),
  );
const broken = fc.record({
  QueryLanguage: maybe(fc.constantFrom('JSONata', 'JSONPath')),
  StartAt: fc.oneof(name, anything),
  States: fc.oneof(fc.dictionary(name, fc.oneof(brokenState, anything)), anything),
});

describe('readMachine, whatever it is given,', () => {
  it('does not throw, and says something of what it refuses', () => {
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      broken.map((each) => JSON.stringify(each)),
    );
    fc.assert(
      fc.property(text, (definition) => {
        const reading = readMachine(definition);
        expect(reading.ok || reading.diagnostics.length > 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('accepts only machines whose states can all be reached, and that lead only to states they have', () => {
    let accepted = 0;
    fc.assert(
      fc.property(likely, (definition) => {
        const reading = readMachine(JSON.stringify(definition));
        if (!reading.ok) return;
        accepted += 1;
        expect(reached(reading.machine)).toEqual(new Set(Object.keys(definition.States)));
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(10);
  });

  it('reads what it accepted to the same machine again', () => {
    fc.assert(
      fc.property(likely, (definition) => {
        const text = JSON.stringify(definition);
        const [one, other] = [readMachine(text), readMachine(text)];
        expect(one.ok && machineGraph(one.machine)).toEqual(other.ok && machineGraph(other.machine));
      }),
    );
  });
});

/** Every name that a walk from the start comes by. */
function reached(machine: States & Parameters<typeof machineGraph>[0]): Set<string> {
  const { edges } = machineGraph(machine);
  const seen = new Set([machine.startAt]);
  for (const each of seen) for (const { from, to } of edges) if (from === each) seen.add(to);
  return seen;
}
