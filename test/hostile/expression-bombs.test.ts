import { describe, expect, it } from 'vitest';
import { readMachine } from '../../engine/asl/index.ts';
import type { Json } from '../../engine/data/json.ts';
import { mustRead, runMachine } from '../support/run-machine.ts';
import { runInLives } from './run-in-lives.ts';

const pass = (fields: object, QueryLanguage = 'JSONPath') => ({
  QueryLanguage,
  StartAt: 'A',
  States: { A: { Type: 'Pass', End: true, ...fields } },
});

/** A twentieth of what a state may do, so that bombs go off sooner. */
const stateEffort = 2_000_000;

/** How an execution of one Pass state ends: its error's name, and its cause. */
async function failure(definition: object, input: Json = {}): Promise<string> {
  const { summary } = await runMachine(definition, { input, stateEffort });
  expect(summary.status).toBe('FAILED');
  return `${summary.error}: ${summary.cause}`;
}

const tooMuchWork = /^States\.Runtime: .*The expressions of the state do too much work/s;
const tooLarge = /^States\.DataLimitExceeded: The state\/task 'A' returned a result with a size exceeding/;

describe('a JSONata expression fails its state and leaves the host alive', () => {
  it.each([
    ['recursion without end', '($f := function() { 1 + $f() }; $f())', 'Stack overflow error'],
    ['tail recursion without end', '($f := function() { $f() }; $f())', 'Check for infinite loop'],
    ['a list that doubles for ever', '($f := function($l) { $f($append($l, $l)) }; $f([1]))', 'memory limit exceeded'],
    ['a text that doubles for ever', '($f := function($t) { $f($t & $t) }; $f("x"))', 'memory limit exceeded'],
    ['a list of lists of lists', '[1..100000].[1..100000].[1..100000]', /limit exceeded|infinite loop/],
    ['a range beyond all memory', '[1..1e15]', /limit exceeded|2014/],
    ['a text beyond all memory', '$pad("x", 1e12)', 'memory limit exceeded'],
    ['a pattern that backtracks for ever', '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", /^(a+)+$/)', 'infinite loop'],
    ['$formatNumber on which the library never returns', "$formatNumber(0, '0e0') & [1..1e9]", /./],
    ['a sort that never agrees', '$sort([1..100000], function($a, $b) { $f := $sort([1..1000]) })', /./],
  ])('%s', async (_, expression, words) => {
    const said = await failure(pass({ Output: `{% ${expression} %}` }, 'JSONata'));
    expect(said).toMatch(/^States\.QueryEvaluationError/);
    expect(said).toMatch(words);
  });

  it('a value nested deeper than anything may be', async () => {
    const deep = '($f := function($n, $x) { $n = 0 ? $x : $f($n - 1, [[$x]]) }; $f(100000, 1))';
    expect(await failure(pass({ Output: `{% ${deep} %}` }, 'JSONata'))).toMatch(
      /^States\.(QueryEvaluationError|Runtime)/,
    );
  });

  it('a small value whose text would be endless', async () => {
    const many = '[1..100000].$states.input';
    expect(await failure(pass({ Output: `{% ${many} %}` }, 'JSONata'), 'x'.repeat(100_000))).toMatch(tooLarge);
    const condition = { Condition: `{% ${many} %}`, Next: 'B' };
    const choice = { StartAt: 'A', States: { A: { Type: 'Choice', Choices: [condition] }, B: { Type: 'Succeed' } } };
    const said = await failure({ QueryLanguage: 'JSONata', ...choice }, 'x'.repeat(100_000));
    expect(said).toContain("Expected 'boolean', but was 'array' for value: a value of more than 262144 bytes");
  });

  it('thousands of them in one state, each within its own limits', async () => {
    const Output = Object.fromEntries(
      Array.from({ length: 2000 }, (_, i) => [`k${i}`, '{% $sum([1..300000]) + $count([1..300000]) %}']),
    );
    expect(await failure(pass({ Output }, 'JSONata'))).toContain('Check for infinite loop');
  });

  it('thousands of large values assigned to variables', async () => {
    const Assign = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`v${i}`, '{% $states.input %}']));
    expect(await failure(pass({ Assign }, 'JSONata'), 'x'.repeat(200_000))).toMatch(tooLarge);
  });
});

describe('a JSONPath fails its state and leaves the host alive', () => {
  const nested = (levels: number): Json => (levels === 0 ? [] : [nested(levels - 1)]);

  it.each([
    ['`..` after `..` over deep data', `$${'..*'.repeat(6)}`, nested(300)],
    ['filters within filters', '$..[?(@..[?(@..[?(@..a)])])]', nested(200)],
    ['a pattern that backtracks for ever', '$[?(@.a =~ /(a+)+$/)]', [{ a: `${'a'.repeat(35)}b` }]],
    ['comparing everything with everything', '$.a[?(@ subsetof $.a)]', { a: Array(600).fill(Array(600).fill(0)) }],
  ])('%s', async (_, InputPath, input) => {
    expect(await failure(pass({ InputPath }), input)).toMatch(tooMuchWork);
  });
});

describe('intrinsic functions and templates fail their state and leave the host alive', () => {
  const large = 'x"'.repeat(80_000);

  it.each<[string, object, Json, RegExp]>([
    [
      'an array of a hundred thousand inputs',
      { 'x.$': `States.Array(${Array(100_000).fill('$').join()})` },
      large,
      tooMuchWork,
    ],
    [
      'a text escaped again and again',
      { 'x.$': `${'States.JsonToString('.repeat(10)}$${')'.repeat(10)}` },
      large,
      tooMuchWork,
    ],
    ['ten thousand copies of the input', copies(10_000), large, tooLarge],
    ['a range that never ends', { 'x.$': 'States.ArrayRange(0, 1e15, 1)' }, {}, /^States\.Runtime/],
  ])('%s', async (_, Parameters, input, words) => {
    expect(await failure(pass({ Parameters }), input)).toMatch(words);
  });

  function copies(count: number): object {
    return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}.$`, '$']));
  }
});

describe('the reader refuses, and does not fall over', () => {
  const many = 50_000;
  const around = (open: string, inner: string, close: string) => open.repeat(many) + inner + close.repeat(many);

  it.each([
    ['parentheses', around('(', '1', ')')],
    ['arrays', around('[', '', ']')],
    ['objects', around('{"a":', '1', '}')],
    ['signs', around('-', '1', '')],
    ['conditions', around('1 ? ', '1', '')],
    ['functions', around('function() { ', '1', ' }')],
    ['a pattern', `/${around('(', 'a', ')')}/`],
    ['a text without its end', '"'],
  ])('JSONata of 50,000 %s', (_, expression) => {
    expect(codes(pass({ Output: `{% ${expression} %}` }, 'JSONata'))).toEqual(['INVALID_JSONATA_EXPRESSION']);
  });

  it.each([
    ['steps', `$${around('.a', '', '')}`],
    ['`..`', `$${around('..a', '', '')}`],
    ['parentheses', `$[?(${around('(', '@.a', ')')})]`],
    ['negations', `$[?(${around('!', '@.a', '')})]`],
    ['filters', `$${around('[?(@.a', '', ')]')}`],
    ['arrays in a filter', `$[?(@.a == ${around('[', '', ']')})]`],
  ])('a path of 50,000 %s', (_, InputPath) => {
    expect(codes(pass({ InputPath }))).toEqual(['SCHEMA_VALIDATION_FAILED']);
  });

  it('intrinsic calls 50,000 deep', () => {
    expect(codes(pass({ Parameters: { 'x.$': around('States.Array(', '', ')') } }))).toEqual([
      'SCHEMA_VALIDATION_FAILED',
    ]);
  });

  function codes(definition: object): readonly string[] {
    const reading = readMachine(JSON.stringify(definition));
    return reading.ok ? [] : reading.diagnostics.map(({ code }) => code);
  }
});

describe('the work of expressions', () => {
  it('ends at the same place however often it is done again', async () => {
    const bomb = pass({ InputPath: `$${'..*'.repeat(6)}` });
    const input = [[[[[[[[[[[[1, 2, 3]]]]]]]]]]]] as Json;
    const [one, other] = [
      await runMachine(bomb, { input, stateEffort }),
      await runMachine(bomb, { input, stateEffort }),
    ];
    expect(one.history).toEqual(other.history);
  });

  it('lets other executions have their turn between two states that use much of it', async () => {
    const heavy = '{% $sum([1..20000].($ * 2)) > 0 ? $states.input : 0 %}';
    const chain = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [
        `S${i}`,
        { Type: 'Pass', Output: heavy, ...(i === 11 ? { End: true } : { Next: `S${i + 1}` }) },
      ]),
    );
    const text = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'S0', States: chain });
    const quietly = { crashes: 'never', noise: false, seed: 1 } as const;
    const { summary, commits } = await runInLives(mustRead(text), text, '{}', { ...quietly, stateEffort: 200_000 });
    expect(summary.status).toBe('SUCCEEDED');
    expect(commits).toBeGreaterThan(1);
  });
});
