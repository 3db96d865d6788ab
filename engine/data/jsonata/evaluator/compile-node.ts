import { enter, touch } from '../meter.ts';
import type { Node } from '../syntax.ts';
import { compileArray } from './compile-array.ts';
import { compileApply, compileCall, compilePartial } from './compile-call.ts';
import { compileFilter } from './compile-filter.ts';
import { compileGrouping, compileObject } from './compile-grouping.ts';
import { compileLambda } from './compile-lambda.ts';
import { compileBinary, compileNegation } from './compile-operators.ts';
import { compilePath } from './compile-path.ts';
import { compileRegex } from './compile-regex.ts';
import { compileTransform } from './compile-transform.ts';
import { bind, type Code, lookup, newFrame, outsideValue } from './frame.ts';
import { isList, settle } from './list.ts';
import { everyDescendant, everyValue, memberReader } from './members.ts';
import { isTruthy } from './truth.ts';
import { bindsHere, type Unit } from './unit.ts';

/** Turns a node into a function that evaluates it within the meter's limits. The tree is walked here, once, and never again. */
export function compile(node: Node, unit: Unit): Code {
  const leaf = compileLeaf(node, unit);
  const keepArray = node.keepArray === true;
  const group = node.type === 'path' ? undefined : node.group;
  if (leaf !== undefined && node.predicate === undefined && group === undefined && !keepArray) return meteredLeaf(leaf);
  let inner = leaf ?? compileParts(node, unit);
  for (const { expr } of node.predicate ?? []) inner = followedBy(inner, compileFilter(expr, unit));
  if (group !== undefined) inner = followedBy(inner, compileGrouping(group, unit));
  return metered(inner, keepArray);
}

function metered(inner: Code, keepArray: boolean): Code {
  return (input, frame) => {
    const { meter } = frame.run;
    enter(meter);
    const result = inner(input, frame);
    meter.depth--;
    return isList(result) ? settle(result, keepArray) : result;
  };
}

function meteredLeaf(leaf: Code): Code {
  return (input, frame) => {
    touch(frame.run.meter);
    const result = leaf(input, frame);
    return isList(result) ? settle(result, false) : result;
  };
}

const followedBy =
  (first: Code, then: Code): Code =>
  (input, frame) =>
    then(first(input, frame), frame);

/** A node without nodes inside; undefined for the others. */
function compileLeaf(node: Node, unit: Unit): Code | undefined {
  switch (node.type) {
    case 'string':
    case 'number':
    case 'value': {
      const { value } = node;
      return () => value;
    }
    case 'name': {
      const read = memberReader(node.value);
      return (input, frame) => read(input, frame.run.meter);
    }
    case 'variable':
      return compileVariable(node.value, unit);
    default:
      return undefined;
  }
}

function compileVariable(name: string, unit: Unit): Code {
  if (name === '') return (input) => (isList(input) && input.outerWrapper === true ? input[0] : input);
  if (unit.bound.has(name)) return (_, frame) => lookup(frame, name, unit.native);
  const native = unit.native(name);
  return (_, frame) => {
    const outside = outsideValue(frame.run, name);
    return outside === undefined ? native : outside;
  };
}

function compileParts(node: Node, unit: Unit): Code {
  switch (node.type) {
    case 'path':
      return compilePath(node, unit);
    case 'binary':
      return compileBinary(node, unit);
    case 'unary':
      if (node.value === '[') return compileArray(node, unit);
      return node.value === '{' ? compileObject(node, unit) : compileNegation(node.expression, unit);
    case 'wildcard':
      return (input, frame) => everyValue(input, frame.run.meter);
    case 'descendant':
      return (input, frame) => everyDescendant(input, frame.run.meter);
    case 'parent':
      return (_, frame) => lookup(frame, node.slot.label, () => undefined);
    case 'condition':
      return compileCondition(node, unit);
    case 'block':
      return compileBlock(node.expressions, unit);
    case 'bind':
      return compileBind(node.lhs.value, compile(node.rhs, unit));
    case 'regex':
      return compileRegex(node.value);
    case 'function':
      return compileCall(node, unit);
    case 'partial':
      return compilePartial(node, unit);
    case 'apply':
      return compileApply(node, unit);
    case 'lambda':
      return compileLambda(node, unit);
    case 'transform':
      return compileTransform(node, unit);
    default: // a sort is a step of a path, an operator an argument of partial application
      return () => undefined;
  }
}

function compileCondition(node: Extract<Node, { type: 'condition' }>, unit: Unit): Code {
  const condition = compile(node.condition, unit);
  const then = compile(node.then, unit);
  const otherwise = node.else === undefined ? undefined : compile(node.else, unit);
  return (input, frame) =>
    isTruthy(condition(input, frame), frame.run.meter) ? then(input, frame) : otherwise?.(input, frame);
}

/** The value of the last expression. Variables bound inside are not seen outside. */
function compileBlock(expressions: readonly Node[], unit: Unit): Code {
  const codes = expressions.map((expression) => compile(expression, unit));
  const last = codes.pop();
  if (last === undefined) return () => undefined;
  const before: readonly Code[] = codes;
  if (!bindsHere(expressions)) {
    if (before.length === 0) return last;
    return (input, frame) => {
      for (const code of before) code(input, frame);
      return last(input, frame);
    };
  }
  return (input, frame) => {
    const inner = newFrame(frame);
    for (const code of before) code(input, inner);
    return last(input, inner);
  };
}

const compileBind =
  (name: string, code: Code): Code =>
  (input, frame) => {
    const value = code(input, frame);
    bind(frame, name, value);
    return value;
  };
