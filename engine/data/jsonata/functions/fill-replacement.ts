/**
 * A replacement with `$1` …, `$0` for the whole match and `$$` for a dollar filled in.
 * A number takes as many digits as the number of groups has, and one less where that is more than there are groups.
 */
export function fillReplacement(replacement: string, match: string, groups: readonly (string | undefined)[]): string {
  const digits = groups.length === 0 ? 1 : Math.floor(Math.log(groups.length) * Math.LOG10E) + 1;
  let filled = '';
  let from = 0;
  for (let at = replacement.indexOf('$'); at >= 0 && from < replacement.length; at = replacement.indexOf('$', from)) {
    filled += replacement.slice(from, at);
    from = at + 1;
    const next = replacement[from];
    if (next === '$' || next === '0') {
      filled += next === '$' ? '$' : match;
      from++;
      continue;
    }
    const number = groupNumber(replacement.slice(from), digits, groups.length);
    if (Number.isNaN(number)) filled += '$';
    else {
      filled += groups[number - 1] ?? '';
      from += String(number).length;
    }
  }
  return filled + replacement.slice(from);
}

function groupNumber(text: string, digits: number, groups: number): number {
  const number = Number.parseInt(text.slice(0, digits), 10);
  return digits > 1 && number > groups ? Number.parseInt(text.slice(0, digits - 1), 10) : number;
}
