import { failure, named } from '../failure.ts';
import type { CallNode, Node } from '../syntax.ts';
import { apply, type Callable, callable, handedOver, isCallable } from './callable.ts';
import { compile } from './compile-node.ts';
import { type Code, lookup } from './frame.ts';
import { isList, settle } from './list.ts';
import type { Unit } from './unit.ts';

/** `$f(a, b)`. Functions among the arguments are handed over without their context. */
export function compileCall(node: CallNode, unit: Unit): Code {
  const call = compileInvocation(node, unit);
  return (input, frame) => call([], input, frame);
}

/** @returns calls with `first` before the arguments written in the call */
function compileInvocation(node: CallNode, unit: Unit) {
  const procedureOf = compileProcedure(node, 'T1005', unit);
  const args = node.arguments.map((arg) => compile(arg, unit));
  const token = tokenOf(node.procedure);
  return (first: readonly unknown[], input: unknown, frame: Parameters<Code>[1]): unknown => {
    const procedure = procedureOf(input, frame);
    const values = [...first];
    for (const arg of args) {
      const value = arg(input, frame);
      values.push(isCallable(value) ? handedOver(value) : value);
    }
    try {
      return apply(procedure, values, input, frame.run);
    } catch (thrown) {
      throw named(thrown, token);
    }
  };
}

/** Whatever stands before the parentheses; helps who forgot the `$`. */
function compileProcedure({ procedure }: CallNode, code: string, unit: Unit): Code {
  const value = compile(procedure, unit);
  if (procedure.type !== 'path') return value;
  const token = tokenOf(procedure);
  return (input, frame) => {
    const found = value(input, frame);
    if (found === undefined && token !== undefined && Boolean(lookup(frame, token, unit.native)))
      throw failure(code, { token });
    return found;
  };
}

/** The name by which messages know what was called. */
export function tokenOf(procedure: Node): string | undefined {
  const node = procedure.type === 'path' ? procedure.steps[0] : procedure;
  return node !== undefined && 'value' in node && typeof node.value === 'string' ? node.value : undefined;
}

/** `$f(?, b)`: a function of the arguments left open. */
export function compilePartial(node: CallNode, unit: Unit): Code {
  const procedureOf = compileProcedure(node, 'T1007', unit);
  const args = node.arguments.map((arg) => (arg.type === 'operator' ? undefined : compile(arg, unit)));
  const token = tokenOf(node.procedure);
  return (input, frame) => {
    const values = args.map((arg) => arg && { value: arg(input, frame) });
    const procedure = procedureOf(input, frame);
    if (!isCallable(procedure)) throw failure('T1008', token === undefined ? {} : { token });
    return partOf(procedure, values);
  };
}

/** @param values undefined for each argument left open */
function partOf(procedure: Callable, values: readonly ({ readonly value: unknown } | undefined)[]): Callable {
  const { width } = procedure;
  // What was handed over has no parameters by name; JSONata fails in reading them.
  if (width === null) throw failure('S0202', { value: ')', token: '..' });
  const given = Array.from({ length: width }, (_, at) => (at < values.length ? values[at] : { value: undefined }));
  const arity = given.filter((value) => value === undefined).length;
  return callable(
    (args, input, run) => {
      const open = args.values();
      return procedure(
        given.map((value) => (value === undefined ? open.next().value : value.value)),
        input,
        run,
      );
    },
    { arity },
  );
}

/** `a ~> $f`: calls with `a` first; of two functions, one after the other. */
export function compileApply(node: Extract<Node, { type: 'apply' }>, unit: Unit): Code {
  const left = compile(node.lhs, unit);
  if (node.rhs.type === 'function') {
    const call = compileInvocation(node.rhs, unit);
    return (input, frame) => call([left(input, frame)], input, frame);
  }
  const right = compile(node.rhs, unit);
  return (input, frame) => {
    const first = left(input, frame);
    const then = right(input, frame);
    if (!isCallable(then)) throw failure('T2006', { value: then });
    return isCallable(first) ? chained(first, then) : apply(then, [first], null, frame.run);
  };
}

function chained(first: Callable, then: Callable): Callable {
  return callable(
    ([value], input, run) => {
      const between = apply(first, [isCallable(value) ? handedOver(value) : value], null, run);
      return apply(then, [isList(between) ? settle(between, false) : between], input, run);
    },
    { arity: 1 },
  );
}
