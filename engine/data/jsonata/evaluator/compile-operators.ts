import { failure, named, renamed } from '../failure.ts';
import { allocate, allocateList, type Meter, spend } from '../meter.ts';
import type { Node } from '../syntax.ts';
import { compile } from './compile-node.ts';
import type { Code } from './frame.ts';
import { asSequence } from './list.ts';
import { toText } from './to-text.ts';
import { isDeepEqual, isNumeric, isTruthy } from './truth.ts';
import type { Unit } from './unit.ts';

type Operator = (left: unknown, right: unknown, meter: Meter) => unknown;

/** An operator between two expressions, both evaluated first but for `and` and `or`. */
export function compileBinary(node: Extract<Node, { type: 'binary' }>, unit: Unit): Code {
  const token = node.value;
  const left = compile(node.lhs, unit);
  const right = compile(node.rhs, unit);
  if (token === 'and' || token === 'or') return compileLogic(token, left, right);
  const arithmetic = arithmetics[token];
  if (arithmetic !== undefined) return compileArithmetic(token, arithmetic, left, right);
  const operator = operators[token] ?? (() => undefined);
  return (input, frame) => {
    const first = left(input, frame);
    const second = right(input, frame);
    try {
      return operator(first, second, frame.run.meter);
    } catch (thrown) {
      throw named(thrown, token);
    }
  };
}

/** What fails on the right side of `and` and `or` fails in their name. */
function compileLogic(token: 'and' | 'or', left: Code, right: Code): Code {
  const settles = token === 'or'; // the value of the left side that makes the right one unneeded
  return (input, frame) => {
    const { meter } = frame.run;
    const first = left(input, frame);
    try {
      return isTruthy(first, meter) === settles ? settles : isTruthy(right(input, frame), meter);
    } catch (thrown) {
      throw renamed(thrown, token);
    }
  };
}

function compileArithmetic(
  token: string,
  calculate: (left: number, right: number) => number,
  left: Code,
  right: Code,
): Code {
  return (input, frame) => {
    const first = left(input, frame);
    const second = right(input, frame);
    if (typeof first === 'number' && typeof second === 'number' && Number.isFinite(first) && Number.isFinite(second))
      return calculate(first, second);
    try {
      checkNumber(first, 'T2001');
      checkNumber(second, 'T2002');
    } catch (thrown) {
      throw named(thrown, token);
    }
    return undefined; // nothing on either side
  };
}

function checkNumber(value: unknown, code: string): void {
  if (value !== undefined && !isNumeric(value)) throw failure(code, { value });
}

const arithmetics: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
};

const operators: Readonly<Record<string, Operator>> = {
  '=': (left, right, meter) => left !== undefined && right !== undefined && isDeepEqual(left, right, meter),
  '!=': (left, right, meter) => left !== undefined && right !== undefined && !isDeepEqual(left, right, meter),
  '<': comparison((left, right) => left < right),
  '<=': comparison((left, right) => left <= right),
  '>': comparison((left, right) => left > right),
  '>=': comparison((left, right) => left >= right),
  '&': joined,
  '..': range,
  in: isIn,
};

/** Of two numbers or two texts. */
function comparison(compare: (left: string | number, right: string | number) => boolean): Operator {
  return (left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return compare(left, right);
    if (typeof left === 'string' && typeof right === 'string') return compare(left, right);
    if (!isComparable(left) || !isComparable(right))
      throw failure('T2010', { value: typeof left === 'string' || typeof left === 'number' ? right : left });
    if (left === undefined || right === undefined) return undefined;
    throw failure('T2009', { value: left, value2: right });
  };
}

const isComparable = (value: unknown): value is string | number | undefined =>
  value === undefined || typeof value === 'string' || typeof value === 'number';

function joined(left: unknown, right: unknown, meter: Meter): string {
  const first = toText(left, meter) ?? '';
  const second = toText(right, meter) ?? '';
  allocate(meter, first.length + second.length);
  return first + second;
}

function range(left: unknown, right: unknown, meter: Meter): unknown {
  if (left !== undefined && !Number.isInteger(left)) throw failure('T2003', { value: left });
  if (right !== undefined && !Number.isInteger(right)) throw failure('T2004', { value: right });
  if (typeof left !== 'number' || typeof right !== 'number' || left > right) return undefined;
  const length = right - left + 1;
  if (length > 1e7) throw failure('D2014', { value: length });
  allocateList(meter, length);
  spend(meter, length);
  const numbers: number[] = [];
  for (let number = left; numbers.length < length; number++) numbers.push(number);
  return asSequence(numbers);
}

function isIn(left: unknown, right: unknown, meter: Meter): boolean {
  if (left === undefined || right === undefined) return false;
  if (!Array.isArray(right)) return left === right;
  spend(meter, right.length);
  return right.some((item) => item === left); // NaN is in nothing
}

/** `-expression` */
export function compileNegation(expression: Node, unit: Unit): Code {
  const code = compile(expression, unit);
  return (input, frame) => {
    const value = code(input, frame);
    if (value === undefined) return undefined;
    if (!isNumeric(value)) throw failure('D1002', { token: '-', value });
    return -value;
  };
}
