import { describe, expect, it } from 'vitest';
import { around, aroundJsonata, problemsOf, stateA } from './reading-in-tests.ts';

describe('a Wait state', () => {
  it.each([
    [{ Seconds: 0 }, { kind: 'seconds', value: { kind: 'constant', value: 0 } }],
    [
      { SecondsPath: '$wait' },
      { kind: 'seconds', value: { kind: 'path', field: 'SecondsPath', path: { text: '$wait' } } },
    ],
    [
      { Timestamp: '2026-11-23T05:00:00.123456789+02:00' },
      { kind: 'timestamp', value: { kind: 'constant', value: '2026-11-23T05:00:00.123456789+02:00' } },
    ],
    [{ TimestampPath: '$.at' }, { kind: 'timestamp', value: { kind: 'path', field: 'TimestampPath' } }],
  ])('waits as %j says', (fields, until) => {
    expect(stateA(around({ Type: 'Wait', ...fields }), 'Wait').until).toMatchObject(until);
  });

  it('waits as JSONata says', () => {
    expect(stateA(aroundJsonata({ Type: 'Wait', Seconds: '{% $states.input.s %}' }), 'Wait').until).toMatchObject({
      kind: 'seconds',
      value: { kind: 'template', field: 'Seconds' },
    });
  });

  it.each([
    [{ Seconds: 100_000_000 }, 'Maximum value is 99999999 at /States/A/Seconds'],
    [{ Timestamp: '2026-11-23 05:00:00Z' }, 'String does not match RFC3339 timestamp at /States/A/Timestamp'],
    [{ Timestamp: '2026-11-23T05:00:00' }, 'String does not match RFC3339 timestamp at /States/A/Timestamp'],
    [{ Timestamp: '2026-13-05T05:00:00Z' }, 'String does not match RFC3339 timestamp at /States/A/Timestamp'],
    [
      {},
      'This object should have only one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at /States/A',
    ],
    [
      { Seconds: 1, Timestamp: '2026-11-23T05:00:00Z' },
      'There should only be one of the following fields: [SecondsPath, Seconds, TimestampPath, Timestamp] at /States/A',
    ],
  ])('is refused with %j', (fields, problem) => {
    expect(problemsOf(around({ Type: 'Wait', ...fields }))).toEqual([`SCHEMA_VALIDATION_FAILED: ${problem}`]);
  });
});
