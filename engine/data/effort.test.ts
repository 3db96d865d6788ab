import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../test/support/scope-of.ts';
import { type Effort, exert, exertOver } from './effort.ts';
import { compileIntrinsic } from './intrinsics/compile-intrinsic.ts';
import { compileJsonata } from './jsonata/compile-jsonata.ts';
import { compilePath } from './jsonpath/compile-path.ts';

describe('the effort of a state', () => {
  it('is used up by work, and then no more is done', () => {
    const effort: Effort = { left: 10 };
    exert(effort, 10);
    expect(effort.left).toBe(0);
    expect(() => exert(effort, 1)).toThrow('do too much work');
  });

  it('counts a part of a value as often as it stands there', () => {
    const part = ['xxxx', 1];
    const effort: Effort = { left: 100 };
    exertOver(effort, [part, part, { a: part }]);
    expect(effort.left).toBe(100 - 2 - 3 * (1 + 2 + 1));
  });

  it('is shared by all expressions, whatever their language', () => {
    const effort: Effort = { left: 10_000 };
    const scope = scopeOf({ input: { a: [1, 2, 3] }, effort });
    const left = [
      compilePath('$..a'),
      compileIntrinsic('States.ArrayLength($.a)'),
      compileJsonata('$sum($states.input.a)', 'Output'),
      compilePath('$.a[?(@ > 1)]'),
    ].map((expression) => {
      expression.evaluate(scope);
      return effort.left;
    });
    expect(left).toEqual(left.toSorted((a, b) => b - a));
    expect(new Set(left).size).toBe(4);
  });

  it('lets a JSONata expression have no more than is left', () => {
    const sum = compileJsonata('$sum([1..1000])', 'Output');
    expect(sum.evaluate(scopeOf({ effort: { left: 100_000 } }))).toBe(500_500);
    expect(() => sum.evaluate(scopeOf({ effort: { left: 10 } }))).toThrow('Check for infinite loop');
  });
});
