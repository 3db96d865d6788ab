import { failure } from '../failure.ts';
import { allocate, allocateList, spend } from '../meter.ts';
import type { Grouping, Node } from '../syntax.ts';
import { compile } from './compile-node.ts';
import type { Code, Frame } from './frame.ts';
import { gather, type Gathered, isList } from './list.ts';
import { setMember } from './members.ts';
import { frameOfTuple, isTuple, mergeTuples } from './tuple.ts';
import type { Unit } from './unit.ts';

interface Pair {
  readonly key: Code;
  readonly value: Code;
}

/** `{key: value}`: of the context item, or of an array's items, grouped by their keys. */
export function compileObject(node: Extract<Node, { type: 'unary'; value: '{' }>, unit: Unit): Code {
  const group = compileGrouping(node, unit);
  const keys = node.lhs.map(([key]) => (key.type === 'string' && key.predicate === undefined ? key.value : undefined));
  if (keys.includes(undefined) || new Set(keys).size < keys.length) return group;
  const members = node.lhs.map(([, value], at) => ({ name: String(keys[at]), code: compile(value, unit) }));
  return (input, frame) => {
    if (isList(input)) return group(input, frame);
    allocate(frame.run.meter, 32 + 32 * members.length);
    const result = {};
    for (const { name, code } of members) {
      const value = code(input, frame);
      if (value !== undefined) setMember(result, name, value);
    }
    return result;
  };
}

/** `items{key: value}`: items of one key are grouped, and the value sees them all. */
export function compileGrouping({ lhs }: Grouping, unit: Unit): Code {
  const pairs = lhs.map(([key, value]) => ({ key: compile(key, unit), value: compile(value, unit) }));
  return (input, frame) => {
    const tuples = isList(input) && input.tupleStream === true;
    const result = {};
    for (const [name, { items, pair }] of groupsOf(input, pairs, tuples, frame)) {
      const value = tuples ? ofTuples(items.value, pair, frame) : pair.value(items.value, frame);
      if (value !== undefined) setMember(result, name, value);
    }
    return result;
  };
}

interface Group {
  readonly items: Gathered;
  readonly pair: Pair;
}

function groupsOf(input: unknown, pairs: readonly Pair[], tuples: boolean, frame: Frame): Map<string, Group> {
  const { meter } = frame.run;
  const groups = new Map<string, Group>();
  const items = isList(input) && input.length > 0 ? input : [isList(input) ? undefined : input];
  allocateList(meter, items.length);
  for (const item of items) {
    spend(meter, 1);
    const tuple = tuples && isTuple(item) ? item : undefined;
    const context = tuple === undefined ? item : tuple['@'];
    const inner = tuple === undefined ? frame : frameOfTuple(frame, tuple);
    for (const pair of pairs) {
      const key = pair.key(context, inner);
      if (key === undefined) continue;
      if (typeof key !== 'string') throw failure('T1003', { value: key });
      const group = groups.get(key);
      if (group === undefined) {
        allocate(meter, 64);
        groups.set(key, { items: gather(item), pair });
      } else if (group.pair === pair) group.items.add(item, meter);
      else throw failure('D1009', { value: key });
    }
  }
  return groups;
}

function ofTuples(items: unknown, pair: Pair, frame: Frame): unknown {
  if (items === undefined) return pair.value(undefined, frame); // there was nothing to group
  const { '@': context, ...variables } = mergeTuples(isList(items) ? items : [items], frame.run.meter);
  return pair.value(context, frameOfTuple(frame, variables));
}
