import { isObject, type Json, type JsonObject } from '../../engine/data/json.ts';
import { type Bindings, mismatch } from './mismatch.ts';

/**
 * Where a recorded history and a normalised one differ, the most telling difference first; empty when they agree. Events
 * agree one by one; where branches or iterations ran side by side, their order is luck, and equal bags of events do. A
 * recording that was flattened lost how its Parallel states, inner ones too, ended.
 */
export function historyDifferences(
  expected: readonly Json[],
  actual: readonly Json[],
  bound: Bindings,
  isFlattened = false,
): readonly string[] {
  const trial: Bindings = new Map(bound);
  const difference = mismatch(expected.map(lenient), actual.map(lenient), 'events', trial);
  if (difference === undefined) {
    for (const [name, text] of trial) bound.set(name, text);
    return [];
  }
  if (!expected.some(runsSideBySide)) return [difference];
  const bag = bagDifferences(expected, actual, bound, difference);
  return isFlattened ? bag.filter((other) => !/^unexpected ParallelState(Succeeded|Exited)$/.test(other)) : bag;
}

const runsSideBySide = (event: Json): boolean =>
  isObject(event) && /^(ParallelState|MapState)Started$/.test(typeOf(event));

function bagDifferences(
  expected: readonly Json[],
  actual: readonly Json[],
  bound: Bindings,
  inOrder: string,
): string[] {
  const left = actual.map(unnumbered);
  for (const event of expected.map(unnumbered)) {
    const found = left.findIndex((other) => mismatch(event, other, 'event', new Map(bound)) === undefined);
    const other = left[found];
    if (other === undefined) return [inOrder, `no ${typeOf(event)} like ${JSON.stringify(event)}`];
    mismatch(event, other, 'event', bound);
    left.splice(found, 1);
  }
  return left.map((event) => `unexpected ${typeOf(event)}`);
}

const typeOf = (event: Json): string => {
  const type = isObject(event) ? event['type'] : undefined;
  return typeof type === 'string' ? type : 'event without a type';
};

function unnumbered(event: Json): JsonObject {
  if (!isObject(event)) return {};
  const { id: _, previousEventId: __, timestamp: ___, ...rest } = event;
  return rest;
}

/** AWS changed what a distributed Map's exit follows in November 2024; recordings have both. */
const lenient = (event: Json): Json =>
  isObject(event) && event['type'] === 'MapStateExited' ? { ...event, previousEventId: 0 } : event;
