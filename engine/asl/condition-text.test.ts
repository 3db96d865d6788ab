import { describe, expect, it } from 'vitest';
import { conditionText } from './condition-text.ts';
import { machineOf } from './reading-in-tests.ts';

const textOf = (rule: object, QueryLanguage = 'JSONPath') => {
  const state = { Type: 'Choice', Choices: [{ ...rule, Next: 'B' }], Default: 'B' };
  const read = machineOf({ QueryLanguage, StartAt: 'A', States: { A: state, B: { Type: 'Succeed' } } }).states['A'];
  return read?.type === 'Choice' && read.choices[0] && conditionText(read.choices[0].condition);
};

describe('conditionText', () => {
  it.each([
    [{ Variable: '$.a', StringEquals: 'x' }, '$.a = "x"'],
    [{ Variable: '$.a', NumericLessThanEqualsPath: '$.b' }, '$.a <= $.b'],
    [{ Variable: '$.a', TimestampGreaterThan: '2026-11-23T05:00:00Z' }, '$.a > "2026-11-23T05:00:00Z"'],
    [{ Variable: '$.a', StringMatches: 'x*' }, '$.a matches "x*"'],
    [{ Variable: '$.a', IsNull: false }, '$.a is not null'],
    [
      {
        Or: [
          { Variable: '$.a', IsNull: true },
          {
            And: [
              { Variable: '$.b', IsString: true },
              { Variable: '$.c', BooleanEquals: true },
            ],
          },
        ],
      },
      '$.a is null or ($.b is string and $.c = true)',
    ],
  ])('writes %j for people', (rule, text) => {
    expect(textOf(rule)).toBe(text);
  });

  it('gives JSONata as it is', () => {
    expect(textOf({ Condition: '{%  $states.input.a > 1 %}' }, 'JSONata')).toBe('$states.input.a > 1');
  });
});
