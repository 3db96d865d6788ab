import { describe, expect, it } from 'vitest';
import { readMachine } from './read-machine.ts';
import { around } from './reading-in-tests.ts';

const warningsOf = (state: object) => {
  const reading = readMachine(JSON.stringify(around(state)));
  return reading.ok ? reading.warnings : reading.diagnostics;
};

describe('the warnings of a definition', () => {
  it('name a text that looks like a path and is taken as text', () => {
    expect(warningsOf({ Type: 'Pass', Parameters: { list: [{ name: '$.name' }], 'right.$': '$.name' } })).toMatchObject(
      [{ severity: 'WARNING', code: 'NO_DOLLAR', location: '/States/A/Parameters/list[0]/name' }],
    );
  });

  it('name a path in a result, where no path is followed', () => {
    expect(warningsOf({ Type: 'Pass', Result: { 'name.$': '$.name' } })).toMatchObject([
      { severity: 'WARNING', code: 'PASS_RESULT_IS_STATIC', location: '/States/A/Result/name.$' },
    ]);
  });
});
