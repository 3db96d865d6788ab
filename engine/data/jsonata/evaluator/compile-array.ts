import { allocateList } from '../meter.ts';
import type { Node } from '../syntax.ts';
import { compile } from './compile-node.ts';
import type { Code } from './frame.ts';
import { isList, type List } from './list.ts';
import type { Unit } from './unit.ts';

/** `[a, b]`: arrays among the values lose their brackets, unless they are written as arrays themselves. */
export function compileArray(node: Extract<Node, { type: 'unary'; value: '[' }>, unit: Unit): Code {
  const items = node.expressions.map((expression) => ({
    code: compile(expression, unit),
    whole: expression.type === 'unary' && expression.value === '[',
  }));
  const written = node.consarray === true;
  return (input, frame) => {
    const { meter } = frame.run;
    const result: List = [];
    for (const { code, whole } of items) {
      const value = code(input, frame);
      if (value === undefined) continue;
      if (whole || !isList(value)) result.push(value);
      else {
        allocateList(meter, result.length + value.length);
        for (const item of value) result.push(item);
      }
    }
    allocateList(meter, result.length);
    if (written) result.cons = true;
    return result;
  };
}
