import { type Meter, outOfMemory, outOfTime, spend } from '../meter.ts';
import { isAtEdge } from './is-at-edge.ts';
import { endOfReference } from './end-of-reference.ts';
import {
  type Instruction,
  opBack,
  opEdge,
  opEnter,
  opJump,
  opLook,
  opLoop,
  opMatch,
  opRound,
  opRun,
  opSave,
  opSet,
  opSplit,
  opUnit,
  opZero,
  type Pattern,
} from './pattern-program.ts';

/** Where a group begins and ends; undefined for a group that took no part. */
export type Span = readonly [start: number, end: number] | undefined;

/**
 * The first match at or after `from`: the whole, then each group; undefined when there is none.
 * It tries what a backtracking matcher tries, in the same order, but keeps its choices in an array instead of on the stack,
 * and every move costs a step: a pattern that would backtrack for ever ends with the meter.
 */
export function matchPattern(pattern: Pattern, text: string, from: number, meter: Meter): readonly Span[] | undefined {
  const values = new Int32Array(pattern.registers).fill(-1);
  const matcher: Matcher = { program: pattern.program, text, meter, values, stack: [] };
  for (let start = Math.max(0, from); start <= text.length; start++) {
    const end = follow(matcher, 0, start);
    if (end < 0) continue;
    values[0] = start;
    values[1] = end;
    return Array.from({ length: pattern.groups }, (_, group) => spanOf(values, group));
  }
  return undefined;
}

function spanOf(values: Int32Array, group: number): Span {
  const [start = -1, end = -1] = values.subarray(2 * group, 2 * group + 2);
  return start < 0 || end < 0 ? undefined : [start, end];
}

interface Matcher {
  readonly program: readonly Instruction[];
  readonly text: string;
  readonly meter: Meter;
  /** Of the registers; -1 is none. */
  readonly values: Int32Array;
  /**
   * What to do when this fails, from the end: `at, next` goes on with an instruction, `least, at, next + giveBack` too but with
   * one unit less, and `value, -1 - register` restores a register.
   */
  readonly stack: number[];
}

const giveBack = 2 ** 30;
const largestStack = 8_000_000;

/** @returns where the match ends; -1 when there is none, and then all registers are as they were */
function follow(matcher: Matcher, entry: number, start: number): number {
  const { program, text, meter, values, stack } = matcher;
  const base = stack.length;
  let at = start;
  let next = entry;
  for (;;) {
    if (--meter.stepsLeft < 0) throw outOfTime();
    if (stack.length > largestStack) throw outOfMemory();
    const instruction = program[next++];
    let matched = true;
    switch (instruction?.op) {
      case opUnit:
        matched = text.charCodeAt(instruction.back ? --at : at++) === instruction.unit;
        break;
      case opSet: {
        const place = instruction.back ? --at : at++;
        matched = place >= 0 && place < text.length && instruction.set.has(text.charCodeAt(place));
        break;
      }
      case opRun: {
        const shortest = at + instruction.least;
        at = endOfRun(instruction, text, at);
        meter.stepsLeft -= Math.max(0, at - shortest) >> 2;
        matched = at >= shortest;
        if (at > shortest) stack.push(shortest, at, next + giveBack);
        break;
      }
      case opSplit:
        stack.push(at, instruction.second);
        next = instruction.first;
        break;
      case opJump:
        next = instruction.to;
        break;
      case opSave:
        change(matcher, instruction.register, at);
        break;
      case opZero:
        change(matcher, instruction.register, 0);
        break;
      case opLoop: {
        const count = values[instruction.counter] ?? 0;
        if (count < instruction.least) break;
        if (count < instruction.most) stack.push(at, instruction.lazy ? next : instruction.exit);
        if (instruction.lazy || count >= instruction.most) next = instruction.exit;
        break;
      }
      case opEnter:
        change(matcher, instruction.counter, (values[instruction.counter] ?? 0) + 1);
        change(matcher, instruction.started, at);
        for (let group = instruction.forget[0]; group < instruction.forget[1]; group++) change(matcher, group, -1);
        break;
      case opRound:
        matched = at !== values[instruction.started] || (values[instruction.counter] ?? 0) <= instruction.least;
        next = instruction.loop;
        break;
      case opEdge:
        matched = isAtEdge(instruction.edge, text, at);
        break;
      case opLook:
        matched = look(matcher, next, at, instruction.negated);
        next = instruction.next;
        break;
      case opBack: {
        const end = endOfReference(instruction, values, text, at);
        matched = end >= 0;
        spend(meter, matched ? Math.abs(end - at) : 1);
        at = end;
        break;
      }
      case opMatch:
      case undefined:
        return at;
    }
    if (matched) continue;
    for (;;) {
      if (stack.length === base) return -1;
      const kind = stack.pop() ?? 0;
      const value = stack.pop() ?? 0;
      if (kind < 0) {
        values[-1 - kind] = value;
        continue;
      }
      at = value;
      next = kind;
      if (kind >= giveBack) {
        at--;
        next -= giveBack;
        if (at > (stack.at(-1) ?? 0)) stack.push(at, kind);
        else stack.pop();
      }
      break;
    }
  }
}

function endOfRun({ set, most }: Extract<Instruction, { op: typeof opRun }>, text: string, from: number): number {
  const farthest = Math.min(text.length, from + most);
  let at = from;
  while (at < farthest && set.has(text.charCodeAt(at))) at++;
  return at;
}

function change({ values, stack }: Matcher, register: number, value: number): void {
  const before = values[register] ?? -1;
  if (before === value) return;
  stack.push(before, -1 - register);
  values[register] = value;
}

/** Whether it finds, or when negated does not find, what it looks for; other ways to find it are not tried later. */
function look(matcher: Matcher, entry: number, at: number, negated: boolean): boolean {
  const { values, stack, meter } = matcher;
  const base = stack.length;
  const before = values.slice();
  spend(meter, values.length);
  if (follow(matcher, entry, at) < 0) return negated;
  stack.length = base;
  const found = values.slice();
  values.set(before);
  if (!negated) for (const [register, value] of found.entries()) change(matcher, register, value);
  return !negated;
}
