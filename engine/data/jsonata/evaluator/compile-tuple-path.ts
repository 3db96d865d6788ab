import { allocate } from '../meter.ts';
import type { Node, PathNode, Stage } from '../syntax.ts';
import { compileFilter } from './compile-filter.ts';
import { compile } from './compile-node.ts';
import { compileSort } from './compile-sort.ts';
import type { Code, Frame } from './frame.ts';
import { asSequence, flattened, isList, type List } from './list.ts';
import { frameOfTuple, isTuple, type Tuple, tupleFrom, tupleOf } from './tuple.ts';
import type { Unit } from './unit.ts';

/** Tuples from the items so far, or from the tuples once there are any. */
type Step = (items: List, tuples: List | undefined, frame: Frame) => List;

/** A path on which `@`, `#` or `%` bind variables: from the first step that does, tuples go along instead of items. */
export function compileTuplePath(node: PathNode, unit: Unit): Code {
  const [first] = node.steps;
  const wholeFirst = first?.consarray === true; // an array's items are not its steps
  const start = Math.max(
    node.steps.findIndex((step) => step.tuple === true),
    wholeFirst ? 1 : 0,
  );
  const plain = node.steps.slice(0, start).map((step, at) => compilePlain(step, wholeFirst && at === 0, unit));
  const steps = node.steps.slice(start).map((step) => compileTupleStep(step, unit));
  return (input, frame) => {
    let items: List = isList(input) && first?.type !== 'variable' ? input : asSequence([input]);
    for (const step of plain) {
      const found = step(items, frame);
      if (found === undefined || found.length === 0) return found;
      items = found;
    }
    let tuples: List | undefined;
    for (const step of steps) tuples = step(items, tuples, frame);
    if (tuples === undefined || node.tuple === true || node.group !== undefined) return tuples;
    return asSequence(tuples.map((tuple) => (isTuple(tuple) ? tuple['@'] : undefined)));
  };
}

/** A step before there are tuples. */
function compilePlain(step: Node, whole: boolean, unit: Unit): (items: List, frame: Frame) => List | undefined {
  if (step.type === 'sort') {
    const sort = compileSort(step, unit);
    const stages = compileStages(step.stages, unit);
    return (items, frame) => stages(listOf(sort(items, frame)), frame);
  }
  const code = compile(step, unit);
  if (whole)
    return (items, frame) => {
      const found = code(items, frame);
      return found === undefined ? undefined : listOf(found);
    };
  const filters = (step.stages ?? []).map(({ expr }) => compileFilter(expr, unit));
  return (items, frame) => {
    const results = items.map((item) => filters.reduce((found, filter) => filter(found, frame), code(item, frame)));
    return flattened(
      results.filter((result) => result !== undefined),
      frame.run.meter,
    );
  };
}

const listOf = (value: unknown): List => (isList(value) ? value : []);

function compileTupleStep(step: Node, unit: Unit): Step {
  const stages = compileStages(step.stages, unit);
  const take = step.type === 'sort' ? compileTupleSort(step, unit) : compileBindings(step, unit);
  return (items, tuples, frame) => stages(take(items, tuples, frame), frame);
}

/** Every value that the step finds makes a tuple with the variables of the tuple it was found from. */
function compileBindings(step: Node, unit: Unit): Step {
  const code = compile(step, unit);
  return (items, tuples, frame) => {
    const found: Tuple[] = [];
    for (const from of tuples ?? items.map(tupleOf)) {
      if (!isTuple(from)) continue;
      const values = code(from['@'], frameOfTuple(frame, from));
      if (values === undefined) continue;
      const nested = isList(values) && values.tupleStream === true;
      for (const [at, value] of (isList(values) ? values : [values]).entries()) {
        allocate(frame.run.meter, 64);
        found.push(nested && isTuple(value) ? tupleFrom(from, value) : tupleFrom(from, boundBy(step, from, value, at)));
      }
    }
    return asTuples(found);
  };
}

function boundBy({ focus, index, ancestor }: Node, from: Tuple, value: unknown, at: number): Tuple {
  const tuple = tupleOf(focus === undefined ? value : from['@']);
  if (focus !== undefined) tuple[focus] = value;
  if (index !== undefined) tuple[index] = at;
  if (ancestor !== undefined) tuple[ancestor.label] = from['@'];
  return tuple;
}

function compileTupleSort(step: Extract<Node, { type: 'sort' }>, unit: Unit): Step {
  const sort = compileSort(step, unit);
  return (items, tuples, frame) => {
    const sorted = listOf(sort(tuples ?? items, frame));
    if (tuples !== undefined) return sorted; // in 2.0.6 sorted tuples lose their mark, which a grouping then misses
    return asTuples(
      sorted.map((item, at) => tupleFrom(tupleOf(item), step.index === undefined ? {} : { [step.index]: at })),
    );
  };
}

/** Filters after a step, and `#` after filters. */
function compileStages(stages: readonly Stage[] = [], unit: Unit): (tuples: List, frame: Frame) => List {
  const codes = stages.map(({ type, expr, value }): ((tuples: List, frame: Frame) => List) => {
    if (type === 'index') return (tuples) => numbered(tuples, value);
    const filter = compileFilter(expr, unit);
    return (tuples, frame) => listOf(filter(tuples, frame));
  });
  return (tuples, frame) => codes.reduce((found, code) => code(found, frame), tuples);
}

function numbered(tuples: List, name: string): List {
  const list: List = tuples.map((tuple, at) => (isTuple(tuple) ? tupleFrom(tuple, { [name]: at }) : tuple));
  return tuples.tupleStream === true ? asTuples(list) : list;
}

function asTuples(items: unknown[]): List {
  const list = asSequence(items);
  list.tupleStream = true;
  return list;
}
