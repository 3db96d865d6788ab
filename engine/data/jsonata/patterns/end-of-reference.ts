import type { Instruction, opBack } from './pattern-program.ts';
import { canonical } from './pattern-syntax.ts';

/**
 * Where the text of a group ends (or, backwards, begins) when it stands here again; -1 when it does not.
 * A group that took no part stands everywhere.
 */
export function endOfReference(
  { groups, ignoreCase, back }: Extract<Instruction, { op: typeof opBack }>,
  values: Int32Array,
  text: string,
  at: number,
): number {
  const group = groups.find((each) => (values[2 * each] ?? -1) >= 0 && (values[2 * each + 1] ?? -1) >= 0);
  if (group === undefined) return at;
  const caught = text.slice(values[2 * group], values[2 * group + 1]);
  const start = back ? at - caught.length : at;
  if (start < 0 || start + caught.length > text.length) return -1;
  const here = text.slice(start, start + caught.length);
  if (here !== caught && !(ignoreCase && isSameFolded(here, caught))) return -1;
  return back ? start : start + caught.length;
}

function isSameFolded(left: string, right: string): boolean {
  for (let at = 0; at < left.length; at++)
    if (canonical(left.charCodeAt(at)) !== canonical(right.charCodeAt(at))) return false;
  return true;
}
