import { type Meter, spend } from '../meter.ts';

/** Shorter parts are searched for by the platform, whose search can take as many looks at each place as the part is long. */
const longPart = 64;

/** Where a part first stands in a text, at `from` or later; -1 when it does not. Takes time that grows with both lengths, not with their product. */
export function findText(text: string, part: string, from: number, meter: Meter): number {
  if (part.length < longPart) {
    const at = text.indexOf(part, from);
    spend(meter, ((at < 0 ? text.length : at) - from) >> 4);
    return at;
  }
  spend(meter, text.length - from + part.length);
  return findLong(text, part, from);
}

/** Knuth, Morris and Pratt: no place of the text is looked at again. */
function findLong(text: string, part: string, from: number): number {
  const borders = bordersOf(part);
  let matched = 0;
  for (let at = from; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    while (matched > 0 && part.charCodeAt(matched) !== unit) matched = borders[matched - 1] ?? 0;
    if (part.charCodeAt(matched) === unit) matched++;
    if (matched === part.length) return at + 1 - matched;
  }
  return -1;
}

/** For each prefix the length of its longest proper prefix that is also its end. */
function bordersOf(part: string): Int32Array {
  const borders = new Int32Array(part.length);
  let length = 0;
  for (let at = 1; at < part.length; at++) {
    const unit = part.charCodeAt(at);
    while (length > 0 && part.charCodeAt(length) !== unit) length = borders[length - 1] ?? 0;
    if (part.charCodeAt(length) === unit) length++;
    borders[at] = length;
  }
  return borders;
}
