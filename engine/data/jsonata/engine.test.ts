import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../test/support/scope-of.ts';
import { program } from './engine.ts';
import { awsLimits, type Limits } from './meter.ts';

const run = (source: string, limits: Partial<Limits> = {}) => {
  const { now, random } = scopeOf();
  return program(source).runToJson({ bindings: {}, now, random, limits: { ...awsLimits, ...limits } });
};

describe('program', () => {
  it('stops an endless tail recursion', () => {
    expect(() => run('($f := function($n){ $f($n + 1) }; $f(1))', { steps: 10_000 })).toThrow(
      'Expression evaluation timeout: Check for infinite loop',
    );
  });

  it('stops a text that grows beyond the size limit', () => {
    const double = '($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $p("x", 31))';

    expect(() => run(double, { bytes: 8000 })).toThrow('Expression evaluation memory limit exceeded');
  });

  it('stops many results that are too large together', () => {
    expect(() => run('[1..100].[1..100]', { bytes: 800 })).toThrow('Expression evaluation memory limit exceeded');
  });

  it('tells what JSONata says and its code', () => {
    expect(() => run('$uppercase(1)')).toThrow(
      expect.objectContaining({
        code: 'T0410',
        message: 'Argument 1 of function "uppercase" does not match function signature',
      }),
    );
  });

  it.each([
    ['($o := {"f": function($x){ $x + 1 }}; $o.f(1))', 2],
    ['($f := function($x){ $x + 1 }; [1, 2] ~> $map($f))', [2, 3]],
    ['($f := $sum; $f([1, 2]))', 3],
    ['function($x){ $x + 1 }(1)', 2],
  ])('calls the function in %s', (source, result) => {
    expect(run(source)).toEqual(result);
  });
});
