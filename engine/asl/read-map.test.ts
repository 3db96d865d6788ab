import { describe, expect, it } from 'vitest';
import { around, aroundJsonata, problemsOf, stateA } from './reading-in-tests.ts';

const processor = { StartAt: 'P', States: { P: { Type: 'Pass', End: true } } };
const map = (fields: object) => around({ Type: 'Map', ItemProcessor: processor, ...fields });

describe('a Map state', () => {
  it('goes over its whole input where it says nothing', () => {
    expect(stateA(map({}), 'Map')).toMatchObject({
      processor: { startAt: 'P', states: { P: { type: 'Pass' } } },
      items: { kind: 'path', field: 'ItemsPath', path: { text: '$' } },
      itemSelector: undefined,
      maxConcurrency: undefined,
    });
  });

  it('reads the names AWS used before', () => {
    const state = stateA(around({ Type: 'Map', Iterator: processor, Parameters: { 'a.$': '$' } }), 'Map');

    expect(state.processor.startAt).toBe('P');
    expect(state.itemSelector).toHaveProperty('evaluate');
    expect(state.flow).toMatchObject({ parameters: undefined });
  });

  it('takes its items from the context object', () => {
    expect(stateA(map({ ItemsPath: '$$.Execution.Input.all' }), 'Map').items).toMatchObject({ kind: 'path' });
  });

  it.each([[[1, '{% 2 %}']], ['{% $states.input.all %}']])('takes the items %j in JSONata', (items) => {
    const state = stateA(aroundJsonata({ Type: 'Map', ItemProcessor: processor, Items: items }), 'Map');

    expect(state.items).toMatchObject({ kind: 'template', field: 'Items' });
  });

  it.each([
    ['items', 'Value must be a valid JSONPath.'],
    ['$.a[*]', 'Value is not a Reference Path: '],
  ])('takes no items from %s', (path, problem) => {
    expect(problemsOf(map({ ItemsPath: path }))).toEqual([
      expect.stringMatching(new RegExp(`^SCHEMA_VALIDATION_FAILED: ${problem}.* at /States/A/ItemsPath$`)),
    ]);
  });

  it.each([
    [{ MaxConcurrency: -1 }, 'Minimum value is 0 at /States/A/MaxConcurrency'],
    [{ ToleratedFailurePercentage: -0.5 }, 'Minimum value is 0.0 at /States/A/ToleratedFailurePercentage'],
    [{ ToleratedFailurePercentage: 100.5 }, 'Maximum value is 100.0 at /States/A/ToleratedFailurePercentage'],
    [
      { MaxConcurrency: 1, MaxConcurrencyPath: '$.a' },
      'There should only be one of the following fields: [MaxConcurrency, MaxConcurrencyPath] at /States/A',
    ],
    [
      { ItemProcessor: undefined },
      'This object should have only one of the following fields: [ItemProcessor, Iterator] at /States/A',
    ],
  ])('is refused with %j', (fields, problem) => {
    expect(problemsOf(map(fields))).toEqual([`SCHEMA_VALIDATION_FAILED: ${problem}`]);
  });

  it.each(['ItemReader', 'ItemBatcher', 'ResultWriter', 'Label'])('has no %s unless it is distributed', (field) => {
    expect(problemsOf(map({ [field]: {} }))).toEqual([
      `SCHEMA_VALIDATION_FAILED: '${field}' belongs to a distributed Map; the ProcessorConfig of this one does not have the Mode 'DISTRIBUTED' at /States/A/${field}`,
    ]);
  });
});

describe('a Parallel state', () => {
  it('has branches', () => {
    expect(stateA(around({ Type: 'Parallel', Branches: [processor] }), 'Parallel').branches).toMatchObject([
      { startAt: 'P' },
    ]);
    expect(problemsOf(around({ Type: 'Parallel', Branches: [] }))).toEqual([
      'SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/A/Branches',
    ]);
  });
});
