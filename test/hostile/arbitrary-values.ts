import * as fc from 'fast-check';
import type { Json } from '../../engine/data/json.ts';

/** Names that mean something to JavaScript, and texts that are hard on whoever writes or reads them. */
export const hostileNames = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'length',
  '',
  '\ud800',
  '\u0000',
  'é€😀',
] as const;

const hostileValues: readonly Json[] = [
  2 ** 53,
  -(2 ** 53) - 1,
  1e308,
  5e-324,
  0.1,
  '\udfff\ud800',
  '\u0000',
  [],
  {},
  [[[]]],
  null,
];

/** Data, with the members that generated machines look for. */
export const anyValue: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      a: fc.oneof(fc.integer(), fc.constantFrom(...hostileValues)),
      items: fc.array(fc.oneof(fc.integer(), fc.constantFrom(...hostileValues)), { maxLength: 3 }),
      n: fc.oneof(fc.nat({ max: 9 }), fc.constantFrom<Json>('x', -1)),
      text: fc.constantFrom('x', '2026-01-01T00:00:05Z'),
    }),
  },
  fc.dictionary(fc.constantFrom(...hostileNames), fc.constantFrom(...hostileValues)).map(asJson),
  fc.constantFrom(...hostileValues),
);

/** fast-check's dictionaries may have no prototype; data that was parsed has one. */
function asJson(value: Readonly<Record<string, Json>>): Json {
  return JSON.parse(JSON.stringify(value));
}

/** Payload template values: paths and intrinsic calls, some of which find or can do nothing. */
export const paths = fc.constantFrom(
  '$',
  '$.a',
  '$.items',
  '$.missing',
  "$['__proto__']",
  '$.constructor',
  '$..*',
  '$.items[?(@ > 1)]',
  '$$.Execution.Input',
  '$$.State.RetryCount',
  '$v0',
  'States.UUID()',
  'States.MathRandom(1, 9)',
  "States.Format('{}', $.a)",
  'States.ArrayLength($.items)',
  'States.StringToJson($.text)',
);

export const expressions: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(
    '{% $states.input %}',
    '{% $states.input.a %}',
    '{% $states.input.items[$ > 1] %}',
    '{% $states.input.`__proto__` %}',
    '{% $merge([$states.input, {"items": [1, 2], "n": 1, "constructor": 1}]) %}',
    '{% $states.context.Execution.Input %}',
    '{% $v0 %}',
    '{% $uuid() %}',
    '{% $random() %}',
    '{% $now() %}',
    '{% 1 / 0 %}',
    '{% $error("E.One") %}',
    '{% ($f := function($n) { $n < 1 ? 0 : $f($n - 1) }; $f(20)) %}',
  ),
  fc.constant({ a: '{% $states.input.a %}', items: [1, '{% 2 %}'], n: 1 }),
  anyValue,
);

/** Of a Choice rule, without where it leads. */
export const conditions = (language: 'JSONPath' | 'JSONata'): fc.Arbitrary<Readonly<Record<string, Json>>> =>
  language === 'JSONata'
    ? fc
        .constantFrom('{% true %}', '{% $states.input.n > 2 %}', '{% $exists($states.input.a) %}', '{% "x" %}')
        .map((Condition) => ({ Condition }))
    : fc.constantFrom<Readonly<Record<string, Json>>>(
        { Variable: '$.a', IsPresent: true },
        { Variable: '$.n', NumericGreaterThan: 2 },
        { Variable: '$.text', StringMatches: '*x*' },
        { Not: { Variable: '$.constructor', IsPresent: true } },
        {
          And: [
            { Variable: '$.n', IsPresent: true },
            { Variable: '$.n', IsNumeric: true },
          ],
        },
        {
          Or: [
            { Variable: '$', IsNull: true },
            { Variable: '$.items', IsPresent: false },
          ],
        },
      );
