import { own } from '../../json.ts';
import type { Randomness } from '../../evaluation.ts';
import type { EpochMs } from '../../instant.ts';
import type { Meter } from '../meter.ts';
import type { Callable } from './callable.ts';

/** One evaluation, from its start to its end. */
export interface Run {
  readonly meter: Meter;
  /** Variables from outside by their names without `$`. */
  readonly bindings: Readonly<Record<string, unknown>>;
  /** `$states`. */
  readonly states: unknown;
  /** `$$`. */
  readonly root: unknown;
  readonly now: EpochMs;
  readonly random: Randomness;
  /** The call in tail position that `apply` has still to make; see callable.ts. */
  tail: TailCall | undefined;
}

export interface TailCall {
  readonly procedure: Code;
  readonly args: readonly Code[];
  readonly token: string | undefined;
  readonly input: unknown;
  readonly frame: Frame;
}

/** Variables of a block, of a call, or of a tuple; `values[i]` belongs to `names[i]`. */
export interface Frame {
  readonly run: Run;
  readonly outer: Frame | undefined;
  names: readonly string[];
  values: unknown[];
}

/** A node of the syntax tree, compiled. @param input the context item */
export type Code = (input: unknown, frame: Frame) => unknown;

export const newFrame = (outer: Frame, names: readonly string[] = [], values: unknown[] = []): Frame => ({
  run: outer.run,
  outer,
  names,
  values,
});

/** Binds a variable in this frame; frames around it keep theirs. */
export function bind(frame: Frame, name: string, value: unknown): void {
  const at = frame.names.indexOf(name);
  if (at < 0) frame.names = [...frame.names, name]; // the array belongs to the lambda whose parameters it names
  frame.values[at < 0 ? frame.names.length - 1 : at] = value;
}

/** @param native gives a function of the library */
export function lookup(frame: Frame, name: string, native: (name: string) => Callable | undefined): unknown {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.outer) {
    const { names } = at;
    for (let index = 0; index < names.length; index++) if (names[index] === name) return at.values[index];
  }
  const outside = outsideValue(frame.run, name);
  return outside === undefined ? native(name) : outside;
}

/** A variable that the expression itself does not bind. */
export function outsideValue(run: Run, name: string): unknown {
  if (name === '$') return run.root;
  return name === 'states' ? run.states : own(run.bindings, name);
}
