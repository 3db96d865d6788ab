import { describe, expect, it } from 'vitest';
import type { Json } from '../data/json.ts';
import { runMachine } from '../../test/support/run-machine.ts';

const choice = (rule: object) => ({
  StartAt: 'Which',
  States: {
    Which: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' },
    Yes: { Type: 'Pass', Result: 'yes', End: true },
    No: { Type: 'Pass', Result: 'no', End: true },
  },
});
const decide = async (rule: object, input: Json) => (await runMachine(choice(rule), { input })).output;

describe('a Choice rule', () => {
  it.each<[string, object, Json, string]>([
    ['compares numbers', { NumericGreaterThanEquals: 2 }, 2, 'yes'],
    ['never takes a text for a number', { NumericEquals: 2 }, '2', 'no'],
    ['compares texts by their characters', { StringLessThan: 'b' }, 'a', 'yes'],
    [
      'compares moments whatever their zone',
      { TimestampEquals: '2026-01-01T12:00:00Z' },
      '2026-01-01T13:00:00+01:00',
      'yes',
    ],
    ['never takes just any text for a moment', { IsTimestamp: true }, '2026-02-30T00:00:00Z', 'no'],
    ['compares booleans', { BooleanEquals: false }, false, 'yes'],
    ['matches a wildcard in the middle', { StringMatches: 'shop-*.log' }, 'shop-eu-1.log', 'yes'],
    ['matches an empty text for a wildcard', { StringMatches: 'a*b' }, 'ab', 'yes'],
    ['never uses a character twice', { StringMatches: 'ab*ba' }, 'aba', 'no'],
    ['takes an escaped star for a star', { StringMatches: 'a\\*' }, 'ab', 'no'],
    ['knows null', { IsNull: true }, null, 'yes'],
  ])('%s', async (_, rule, value, expected) => {
    expect(await decide({ Variable: '$.value', ...rule }, { value })).toBe(expected);
  });

  it('compares with another place of the input', async () => {
    expect(await decide({ Variable: '$.a', NumericLessThanPath: '$.b' }, { a: 1, b: 2 })).toBe('yes');
  });

  it('tells a missing value from null', async () => {
    expect(await decide({ Variable: '$.a', IsPresent: true }, { a: null })).toBe('yes');
    expect(await decide({ Variable: '$.a', IsPresent: true }, {})).toBe('no');
  });

  it('joins conditions', async () => {
    const small = { Variable: '$', NumericLessThan: 10 };
    const three = { Variable: '$', NumericEquals: 3 };

    expect(await decide({ And: [small, { Not: three }] }, 4)).toBe('yes');
    expect(await decide({ And: [small, { Not: three }] }, 3)).toBe('no');
    expect(await decide({ Or: [three, { Variable: '$', NumericEquals: 5 }] }, 5)).toBe('yes');
  });

  it.each<[string, object, Json, string]>([
    ['a value', { NumericEquals: 1 }, {}, '$.a'],
    ['a value whose type is asked for', { IsTimestamp: true }, {}, '$.a'],
    ['what it is compared with', { NumericEqualsPath: '$.b' }, { a: 1 }, '$.b'],
  ])('fails the execution at %s that is not there', async (_, rule, input, path) => {
    const { summary } = await runMachine(choice({ Variable: '$.a', ...rule }), { input });

    expect([summary.error, summary.cause]).toEqual([
      'States.Runtime',
      `An error occurred while executing the state 'Which' (entered at the event id #2). Invalid path '${path}': The choice state's condition path references an invalid value.`,
    ]);
  });

  it('fails the execution with States.Runtime when no rule holds and there is no Default', async () => {
    const { Which, Yes } = choice({ Variable: '$', NumericEquals: 1 }).States;
    const states = { Which: { ...Which, Default: undefined }, Yes };
    const { summary } = await runMachine({ StartAt: 'Which', States: states }, { input: 2 });

    expect([summary.error, summary.cause]).toEqual([
      'States.Runtime',
      "An error occurred while executing the state 'Which' (entered at the event id #2). Failed to transition out of the state. The state does not point to a next state.",
    ]);
  });

  it('is a linear match, however many wildcards a pattern has', async () => {
    const pattern = `${'a*'.repeat(2000)}b`;

    expect(await decide({ Variable: '$', StringMatches: pattern }, 'a'.repeat(50_000))).toBe('no');
  });
});
