import { failure } from '../failure.ts';
import type { SortNode } from '../syntax.ts';
import { compile } from './compile-node.ts';
import type { Code, Frame } from './frame.ts';
import { isList } from './list.ts';
import { mergeSort } from './merge-sort.ts';
import { frameOfTuple, isTuple } from './tuple.ts';
import type { Unit } from './unit.ts';

interface Term {
  readonly code: Code;
  readonly descending: boolean;
}

/** `^(a, >b)`: items in order of their first term, those equal in it of their second. */
export function compileSort({ terms }: SortNode, unit: Unit): Code {
  const compiled = terms.map(({ expression, descending }) => ({ code: compile(expression, unit), descending }));
  return (input, frame) => {
    if (!isList(input)) return input;
    const tuples = input.tupleStream === true;
    return mergeSort(input, (left, right) => isAfter(left, right, compiled, tuples, frame), frame.run.meter);
  };
}

function isAfter(left: unknown, right: unknown, terms: readonly Term[], tuples: boolean, frame: Frame): boolean {
  for (const { code, descending } of terms) {
    const first = termOf(left, code, tuples, frame);
    const second = termOf(right, code, tuples, frame);
    if (first === undefined && second === undefined) continue;
    if (first === undefined || second === undefined) return first === undefined; // nothing comes last, either way
    if (!isOrdered(first) || !isOrdered(second)) throw failure('T2008', { value: isOrdered(first) ? second : first });
    if (typeof first !== typeof second) throw failure('T2007', { value: first, value2: second });
    if (first !== second) return first < second === descending;
  }
  return false;
}

function termOf(item: unknown, code: Code, tuples: boolean, frame: Frame): unknown {
  return tuples && isTuple(item) ? code(item['@'], frameOfTuple(frame, item)) : code(item, frame);
}

const isOrdered = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
