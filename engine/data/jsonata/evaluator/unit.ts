import type { Node } from '../syntax.ts';
import type { Callable } from './callable.ts';

/** What the compiler knows about the whole expression. */
export interface Unit {
  /** Every variable the expression itself binds somewhere; the others come from outside or are the library's. */
  readonly bound: ReadonlySet<string>;
  /** A function of the library, the same one each time; undefined when there is none of this name. */
  native(name: string): Callable | undefined;
}

/** @param define makes a function of the library */
export function unitOf(syntax: Node, define: (name: string) => Callable | undefined): Unit {
  const natives = new Map<string, Callable | undefined>();
  const bound = new Set<string>();
  collectNames(syntax, bound, new Set());
  return {
    bound,
    native(name) {
      if (!natives.has(name)) natives.set(name, define(name));
      return natives.get(name);
    },
  };
}

/** Names bound by `:=`, by parameters, by `@` and by `#`. */
function collectNames(value: unknown, names: Set<string>, seen: Set<unknown>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if ('type' in value) collectOwn(value, names);
  for (const part of Object.values(value)) collectNames(part, names, seen);
}

function collectOwn(node: object, names: Set<string>): void {
  const { type, lhs, arguments: parameters, focus, index, value } = node as Readonly<Record<string, unknown>>;
  if (type === 'bind') addValue(lhs, names);
  if (type === 'lambda' && Array.isArray(parameters)) for (const parameter of parameters) addValue(parameter, names);
  if (type === 'index') names.add(String(value));
  if (typeof focus === 'string') names.add(focus);
  if (typeof index === 'string') names.add(index);
}

function addValue(node: unknown, names: Set<string>): void {
  if (typeof node === 'object' && node !== null && 'value' in node) names.add(String(node.value));
}

/** Whether evaluating these nodes can bind a variable in the frame they are evaluated in. */
export function bindsHere(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(bindsHere);
  const node = value as Readonly<Record<string, unknown>>;
  if (node.type === 'bind') return true;
  if (node.type === 'block' || node.type === 'lambda') return outsideParts(node).some(bindsHere);
  return Object.entries(node).some(([part, each]) => part !== 'value' && part !== 'ancestor' && bindsHere(each));
}

/** What hangs on a block or lambda, but is evaluated outside of it. */
const outsideParts = (node: Readonly<Record<string, unknown>>): unknown[] => [node.predicate, node.stages, node.group];
