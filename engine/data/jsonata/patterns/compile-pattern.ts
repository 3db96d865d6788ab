import { parsePattern } from './parse-pattern.ts';
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
import { canonical, type PatternNode, type Repeat } from './pattern-syntax.ts';
import { checkFolding, type UnitSet, unitSet } from './unit-set.ts';

interface Build {
  readonly program: Instruction[];
  registers: number;
  /** Units of classes that were folded so far. */
  folded: number;
}

/** Compiles a regular expression that JavaScript has accepted, to the same matches. @param flags `i` and `m` count */
export function compilePattern(source: string, flags: string): Pattern {
  const { node, groups } = parsePattern(source, flags);
  const build: Build = { program: [], registers: 2 * (groups + 1), folded: 0 };
  emit(node, false, build);
  build.program.push({ op: opMatch });
  return { program: build.program, groups: groups + 1, registers: build.registers };
}

/** @param back whether it is matched from its end to its start, as a look behind is */
function emit(node: PatternNode, back: boolean, build: Build): void {
  const { program } = build;
  switch (node.kind) {
    case 'unit':
    case 'class': {
      const set = setOf(node, build);
      program.push(typeof set === 'number' ? { op: opUnit, unit: set, back } : { op: opSet, set, back });
      return;
    }
    case 'sequence':
      for (const item of back ? node.items.toReversed() : node.items) emit(item, back, build);
      return;
    case 'choice':
      emitChoice(node.options, back, build);
      return;
    case 'group': {
      const [start, end] = [2 * node.group, 2 * node.group + 1];
      program.push({ op: opSave, register: back ? end : start });
      emit(node.body, back, build);
      program.push({ op: opSave, register: back ? start : end });
      return;
    }
    case 'repeat':
      emitRepeat(node, back, build);
      return;
    case 'edge':
      program.push({ op: opEdge, edge: node.edge });
      return;
    case 'look': {
      const at = reserve(program);
      emit(node.body, node.behind, build);
      program.push({ op: opMatch });
      program[at] = { op: opLook, negated: node.negated, next: program.length };
      return;
    }
    case 'back':
      program.push({ op: opBack, groups: node.groups, ignoreCase: node.ignoreCase, back });
  }
}

/** One unit where case does not matter; else a set. */
function setOf(node: Extract<PatternNode, { kind: 'unit' | 'class' }>, build: Build): UnitSet | number {
  if (node.kind === 'unit') {
    if (!node.ignoreCase || (node.unit < 128 && !isLetter(node.unit))) return node.unit;
    return unitSet([[node.unit, node.unit]], false, true);
  }
  if (node.ignoreCase) {
    build.folded += node.ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    checkFolding(build.folded);
  }
  return unitSet(node.ranges, node.negated, node.ignoreCase);
}

const isLetter = (unit: number): boolean => canonical(unit | 32) !== (unit | 32);

function emitChoice(options: readonly PatternNode[], back: boolean, build: Build): void {
  const { program } = build;
  const jumps: number[] = [];
  for (const [index, option] of options.entries()) {
    const last = index === options.length - 1;
    const at = last ? -1 : reserve(program);
    emit(option, back, build);
    if (last) break;
    jumps.push(reserve(program));
    program[at] = { op: opSplit, first: at + 1, second: program.length };
  }
  for (const jump of jumps) program[jump] = { op: opJump, to: program.length };
}

function emitRepeat(node: Repeat, back: boolean, build: Build): void {
  const { program } = build;
  const { body, least, most, lazy } = node;
  if (!lazy && !back && (body.kind === 'unit' || body.kind === 'class')) {
    const set = setOf(body, build);
    program.push({ op: opRun, set: typeof set === 'number' ? { has: (unit) => unit === set } : set, least, most });
    return;
  }
  const counter = build.registers++;
  const started = build.registers++;
  program.push({ op: opZero, register: counter });
  const loop = reserve(program);
  program.push({ op: opEnter, counter, started, forget: [2 * node.groups[0], 2 * node.groups[1]] });
  emit(body, back, build);
  program.push({ op: opRound, counter, started, least, loop });
  program[loop] = { op: opLoop, counter, least, most, lazy, exit: program.length };
}

/** Room for an instruction that is known only after those that follow. @returns its place */
const reserve = (program: Instruction[]): number => program.push({ op: opMatch }) - 1;
