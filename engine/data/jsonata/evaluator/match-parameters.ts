import type { Parameter } from './read-signature.ts';

/**
 * How many of the arguments each parameter takes: as many as it can (a lazy one as few), so that the rest can have theirs.
 * Linear in both, where a regular expression would try all ways.
 * @param symbols one for each argument
 * @param all whether every argument must be taken
 * @returns undefined when the parameters cannot be satisfied
 */
export function matchParameters(parameters: readonly Parameter[], symbols: string, all: boolean): number[] | undefined {
  const possible = tableOf(parameters, symbols, all);
  if (possible[0]?.[0] !== true) return undefined;
  let at = 0;
  return parameters.map((parameter, index) => {
    const run = runLength(parameter, symbols, at);
    const choices = Array.from({ length: Math.max(0, run - parameter.least + 1) }, (_, more) => parameter.least + more);
    if (!parameter.lazy) choices.reverse();
    const taken = choices.find((count) => possible[index + 1]?.[at + count] === true) ?? 0;
    at += taken;
    return taken;
  });
}

/** `table[i][at]`: whether the parameters from the i-th on can take the arguments from `at` on. */
function tableOf(parameters: readonly Parameter[], symbols: string, all: boolean): boolean[][] {
  const ends = Array.from({ length: symbols.length + 1 }, (_, at) => !all || at === symbols.length);
  const table = [ends];
  for (const parameter of parameters.toReversed()) {
    const after = table[0] ?? ends;
    const row = [...after];
    let more = after.at(-1) === true; // whether all is well once this parameter has something and stands here
    row[symbols.length] = parameter.least === 0 && more;
    for (let at = symbols.length - 1; at >= 0; at--) {
      const takes = parameter.symbols.includes(symbols.charAt(at));
      row[at] = (takes && more) || (parameter.least === 0 && after[at] === true);
      more = after[at] === true || (parameter.most > 1 && takes && more);
    }
    table.unshift(row);
  }
  return table;
}

/** How many arguments from `at` on this parameter could take. */
function runLength({ symbols: own, most }: Parameter, symbols: string, at: number): number {
  let length = 0;
  while (length < most && at + length < symbols.length && own.includes(symbols.charAt(at + length))) length++;
  return length;
}
