import { describe, expect, it } from 'vitest';
import type { Json } from '../data/json.ts';
import { runMachine } from '../../test/support/run-machine.ts';

const wait = (until: object, language: 'JSONPath' | 'JSONata' = 'JSONPath') => ({
  QueryLanguage: language,
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', ...until, End: true } },
});
const cause = async (until: object, input: Json, language?: 'JSONata') =>
  (await runMachine(wait(until, language), { input })).summary.cause?.replace(/^.*?\)\. /, '');

describe('a Wait', () => {
  it('takes a year in no time on the test clock', async () => {
    const { seconds } = await runMachine(wait({ Seconds: 31_536_000 }));

    expect(seconds).toBe(31_536_000);
  });

  it('lasts until a moment of the input', async () => {
    const { seconds } = await runMachine(wait({ TimestampPath: '$.at' }), { input: { at: '2026-01-01T00:01:30Z' } });

    expect(seconds).toBe(90);
  });

  it('ends at once when the moment has passed', async () => {
    const { seconds, types } = await runMachine(wait({ Timestamp: '2020-01-01T00:00:00Z' }));

    expect(seconds).toBe(0);
    expect(types).toEqual(['ExecutionStarted', 'WaitStateEntered', 'WaitStateExited', 'ExecutionSucceeded']);
  });

  it.each<[string, object, Json, string]>([
    [
      'a share of a second',
      { SecondsPath: '$.s' },
      { s: 1.5 },
      'The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5',
    ],
    [
      'less than nothing',
      { SecondsPath: '$.s' },
      { s: -1 },
      'The SecondsPath parameter references a negative value: $.s == -1',
    ],
    ['nothing at all', { SecondsPath: '$.s' }, {}, 'The SecondsPath parameter does not reference an input value: $.s'],
    [
      'a day that is in no calendar',
      { TimestampPath: '$.at' },
      { at: '2026-02-30T00:00:00Z' },
      'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.at == 2026-02-30T00:00:00Z',
    ],
  ])('refuses %s', async (_, until, input, expected) => {
    expect(await cause(until, input)).toBe(expected);
  });

  it('refuses a computed moment that is none', async () => {
    expect(await cause({ Timestamp: '{% "soon" %}' }, {}, 'JSONata')).toBe(
      'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: soon',
    );
  });
});
