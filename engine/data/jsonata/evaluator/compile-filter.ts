import { allocateList, spend } from '../meter.ts';
import type { Node } from '../syntax.ts';
import { compile } from './compile-node.ts';
import type { Code } from './frame.ts';
import { asSequence, isList, type List } from './list.ts';
import { areNumbers, isNumeric, isTruthy } from './truth.ts';
import { frameOfTuple, isTuple } from './tuple.ts';
import type { Unit } from './unit.ts';

/** `[…]` after a value: its n-th item, or those for which the expression holds or gives their place. */
export function compileFilter(predicate: Node, unit: Unit): Code {
  return predicate.type === 'number' ? compileIndex(Number(predicate.value)) : compilePredicate(predicate, unit);
}

function compileIndex(number: number): Code {
  const place = Math.floor(number);
  return (input) => {
    const items = isList(input) ? input : [input];
    const item = items[place < 0 ? items.length + place : place];
    if (isList(item)) return item;
    return like(input, item === undefined ? [] : [item]);
  };
}

function compilePredicate(predicate: Node, unit: Unit): Code {
  const code = compile(predicate, unit);
  return (input, frame) => {
    const { meter } = frame.run;
    const items = isList(input) ? input : [input];
    const tuples = isList(input) && input.tupleStream === true;
    const found: unknown[] = [];
    for (let at = 0; at < items.length; at++) {
      const item = items[at];
      spend(meter, 1);
      const tuple = tuples && isTuple(item) ? item : undefined;
      const result = tuple === undefined ? code(item, frame) : code(tuple['@'], frameOfTuple(frame, tuple));
      if (result === true) found.push(item);
      else if (isNumeric(result)) {
        if (isPlace(result, at, items.length)) found.push(item);
      } else if (areNumbers(result, meter)) {
        for (const place of result) if (isPlace(place, at, items.length)) found.push(item);
      } else if (isTruthy(result, meter)) found.push(item);
    }
    allocateList(meter, found.length);
    return like(input, found);
  };
}

/** Places count from 0, or back from the end. */
function isPlace(number: number, at: number, length: number): boolean {
  const place = Math.floor(number);
  return (place < 0 ? length + place : place) === at;
}

function like(input: unknown, found: unknown[]): List {
  const result = asSequence(found);
  if (isList(input) && input.tupleStream === true) result.tupleStream = true;
  return result;
}
