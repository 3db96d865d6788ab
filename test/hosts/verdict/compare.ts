import type { Trace } from './play.ts';

/** The first thing in which two runs differ, as a sentence; undefined when they did the same. */
export function firstDifference(one: Trace, other: Trace): string | undefined {
  for (const name of ['status', 'output', 'error', 'cause'] as const)
    if (one[name] !== other[name]) return `${name}: ${shown(one[name])}, not ${shown(other[name])}`;
  for (let line = 0; line < Math.max(one.lines.length, other.lines.length); line++) {
    const [left, right] = [one.lines[line] ?? [], other.lines[line] ?? []];
    for (let i = 0; i < Math.max(left.length, right.length); i++)
      if (left[i] !== right[i]) return `event ${i + 1} of line ${line + 1}: ${shown(left[i])}, not ${shown(right[i])}`;
  }
  const [problem] = [...one.problems, ...other.problems];
  return problem === undefined ? undefined : `a problem: ${problem}`;
}

const shown = (text: string | undefined): string =>
  text === undefined ? 'nothing' : text.length > 300 ? `${text.slice(0, 300)}…` : text;
