import { spend, touch } from '../meter.ts';
import type { Node, PathNode } from '../syntax.ts';
import { compileFilter } from './compile-filter.ts';
import { compileGrouping } from './compile-grouping.ts';
import { compile } from './compile-node.ts';
import { compileSort } from './compile-sort.ts';
import { compileTuplePath } from './compile-tuple-path.ts';
import type { Code, Frame } from './frame.ts';
import { asSequence, flattened, isList, type List } from './list.ts';
import { memberReader } from './members.ts';
import type { Unit } from './unit.ts';

/** `a.b.c`: each step is taken from every item that the step before it found. */
export function compilePath(node: PathNode, unit: Unit): Code {
  const names = plainNames(node);
  const walk = node.steps.some((step) => step.tuple === true)
    ? compileTuplePath(node, unit)
    : compileSteps(node.steps, unit);
  const whole = finished(node, walk, unit);
  if (names === undefined || node.keepArray === true) return whole;
  const [first] = node.steps;
  return first?.type === 'variable' ? fromVariable(compile(first, unit), names, whole) : fromContext(names, whole);
}

/** The names after the first step, when all are nothing but names and no variable is bound; undefined otherwise. */
function plainNames({ steps, keepSingletonArray, group }: PathNode): readonly string[] | undefined {
  const [first, ...others] = steps;
  if (first === undefined || keepSingletonArray === true || group !== undefined || !steps.every(isPlain))
    return undefined;
  const named = first.type === 'variable' ? others : steps;
  const names = named.flatMap((step) => (step.type === 'name' ? [step.value] : []));
  return names.length === named.length ? names : undefined;
}

const isPlain = ({ stages, predicate, tuple, keepArray }: Node): boolean =>
  stages === undefined && predicate === undefined && tuple !== true && keepArray !== true;

/** Nearly every path of a workflow: from object to object. The first array on the way needs the whole machinery. */
function fromContext(names: readonly string[], whole: Code): Code {
  const walk = walkNames(names);
  return (input, frame) => {
    if (isList(input)) return whole(input, frame);
    const value = walk(input, frame);
    return value === needsAll ? whole(input, frame) : value;
  };
}

function fromVariable(variable: Code, names: readonly string[], whole: Code): Code {
  const walk = walkNames(names);
  return (input, frame) => {
    const start = variable(input, frame);
    const value = isList(start) ? needsAll : walk(start, frame);
    return value === needsAll ? whole(input, frame) : value;
  };
}

const needsAll = Symbol('an array on the way');

function walkNames(names: readonly string[]): Code {
  const readers = names.map(memberReader);
  return (input, frame) => {
    const { meter } = frame.run;
    touch(meter);
    spend(meter, readers.length);
    let value = input;
    for (const read of readers) {
      if (isList(value)) return needsAll;
      value = read(value, meter);
    }
    return isList(value) && value.sequence === true ? needsAll : value;
  };
}

/** Stops at the first step that finds nothing. */
function compileSteps(steps: readonly Node[], unit: Unit): Code {
  const [first, ...others] = steps;
  if (first === undefined) return () => undefined;
  const rest = others.map((step, at) => compileStep(step, at === others.length - 1, unit));
  const start = compileFirstStep(first, rest.length === 0, unit);
  return (input, frame) => {
    let items = start(input, frame);
    for (const step of rest) {
      if (items === undefined || (isList(items) && items.length === 0)) return items;
      items = step(items, frame);
    }
    return items;
  };
}

/** From the items of the input; an array written in the path is evaluated once, and a variable does not depend on the input. */
function compileFirstStep(first: Node, last: boolean, unit: Unit): Code {
  if (first.consarray === true) {
    const whole = compile(first, unit);
    return (input, frame) => itemsOf(whole(isList(input) ? input : asSequence([input]), frame));
  }
  const step = compileStep(first, last, unit);
  const absolute = first.type === 'variable';
  return (input, frame) => step(isList(input) && !absolute ? input : [input], frame);
}

/** JSONata goes on with whatever the first step gave as if it were an array: a text has items then, other values have none. */
function itemsOf(whole: unknown): unknown {
  if (isList(whole) || whole === undefined) return whole;
  return asSequence(typeof whole === 'string' ? whole.split('') : []);
}

/** A step from all items so far. */
function compileStep(step: Node, last: boolean, unit: Unit): Code {
  const filters = (step.stages ?? []).map(({ expr }) => compileFilter(expr, unit));
  const filter = (value: unknown, frame: Frame) => filters.reduce((found, code) => code(found, frame), value);
  if (step.type === 'sort') {
    const sort = compileSort(step, unit);
    return (items, frame) => filter(sort(items, frame), frame);
  }
  const code = compile(step, unit);
  return (items, frame) => {
    const results: unknown[] = [];
    for (const item of isList(items) ? items : [items]) {
      const value = code(item, frame);
      const result = filters.length === 0 ? value : filter(value, frame);
      if (result !== undefined) results.push(result);
    }
    const [only] = results;
    if (last && results.length === 1 && isList(only) && only.sequence !== true) return only;
    return flattened(results, frame.run.meter);
  };
}

/** What `[]` and a grouping do to the path as a whole. */
function finished({ keepSingletonArray, group }: PathNode, walk: Code, unit: Unit): Code {
  const grouping = group === undefined ? undefined : compileGrouping(group, unit);
  if (grouping === undefined && keepSingletonArray !== true) return walk;
  return (input, frame) => {
    const found = walk(input, frame);
    const kept = keepSingletonArray === true && isList(found) ? keptAsArray(found) : found;
    return grouping === undefined ? kept : grouping(kept, frame);
  };
}

function keptAsArray(found: List): List {
  if (found.sequence !== true && found.cons !== true) return found; // an array of the data, and one as it is
  const kept = found.sequence === true ? found : asSequence([found]);
  kept.keepSingleton = true;
  return kept;
}
