import { describe, expect, it } from 'vitest';
import { mismatch } from './mismatch.ts';
import { normalise } from './normalise.ts';

const differs = (expected: Parameters<typeof mismatch>[0], actual: Parameters<typeof mismatch>[1], bound = new Map()) =>
  mismatch(expected, actual, '$', bound);

describe('mismatch', () => {
  it.each([
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    ['[1, 2]', '[1,2]'],
    [{ a: 1 }, '{"a": 1.0}'],
    ['failed at <date>', 'failed at noon'],
    [
      { Etag: '<Etag-file_0.txt>', LastModified: '<date>' },
      { Etag: '"abc"', LastModified: 1_695_304_463 },
    ],
    [{ SdkHttpMetadata: { HttpStatusCode: 200 }, a: 1 }, { a: 1 }],
  ])('has nothing against %j and %j', (expected, actual) => expect(differs(expected, actual)).toBeUndefined());

  it.each([
    [{ a: 1 }, {}, '$.a: missing, expected 1'],
    [{}, { a: null }, '$.a: not expected, got null'],
    [{ a: null }, {}, '$.a: missing, expected null'],
    [1, '1', '$: expected 1, got "1"'],
    [[1, 2], [1], '$: expected 2 items, got 1; the first missing is 2'],
    [[1, 2], [3, 2], '$[0]: expected 1, got 3'],
    [{ a: { b: 'x' } }, { a: { b: 'y' } }, '$.a.b: expected "x", got "y"'],
  ])('says where %j and %j differ', (expected, actual, difference) =>
    expect(differs(expected, actual)).toBe(difference),
  );

  it('takes a numbered name for the same text throughout a case', () => {
    const bound = new Map();

    expect(differs(['<uuid:1>', 'at <uuid:1>'], ['abc', 'at abc'], bound)).toBeUndefined();
    expect(differs('<uuid:1>', 'abd', bound)).toBe('$: expected "<uuid:1>", got "abd"');
    expect(differs('<<token>:1>', 'T', bound)).toBeUndefined();
  });
});

describe('normalise', () => {
  const plain = (value: unknown) => normalise(value, [], (symbol) => symbol);

  it('opens a text that spells an object, once', () => {
    expect(plain({ output: '{"a":"{}"}', list: '[1]', text: '"x"' })).toEqual({
      output: { a: '{}' },
      list: '[1]',
      text: '"x"',
    });
  });

  it('hides moments, but no text that only looks like one', () => {
    const startDate = new Date(0);
    expect(plain({ startDate, timestamp: startDate, at: '2024-01-01T00:00:00Z', no: '2024-13-01T00:00:00Z' })).toEqual({
      startDate: 'datetime',
      timestamp: 'timestamp',
      at: 'date',
      no: '2024-13-01T00:00:00Z',
    });
  });

  it('applies the rewritings of a case in their order, symbols resolved', () => {
    const rewritten = normalise(
      { name: 'machine-1', deep: { StartTime: 'now' }, arn: 'arn:aws:states:us-east-1:1:x' },
      [
        ['jsonpath', '$..deep.StartTime', 'start', 'here'],
        ['regex', '${3.name}', '<name>'],
      ],
      (symbol) => (symbol === '${3.name}' ? 'machine-1' : symbol),
    );

    expect(rewritten).toEqual({
      name: '<name>',
      deep: { StartTime: 'start' },
      arn: 'arn:<partition>:states:<region>:1:x',
    });
  });
});
