const few =
  'Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen Sixteen Seventeen Eighteen Nineteen'.split(
    ' ',
  );
const fewOrdinals =
  'Zeroth First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Eleventh Twelfth Thirteenth Fourteenth Fifteenth Sixteenth Seventeenth Eighteenth Nineteenth'.split(
    ' ',
  );
const tens = 'Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety'.split(' ');
const magnitudes = 'Thousand Million Billion Trillion'.split(' ');

/** English words with capitals: `One Hundred and Twenty-Third`. @param value whole, finite, not negative */
export const numberWords = (value: number, ordinal: boolean): string => words(value, '', ordinal);

/** @param before what joins it to the words before */
function words(value: number, before: '' | ' and ' | ', ', ordinal: boolean): string {
  if (value < 20) return before + (ordinal ? fewOrdinals[value] : few[value]);
  if (value < 100) {
    const word = before + tens[Math.floor(value / 10) - 2];
    if (value % 10 > 0) return `${word}-${words(value % 10, '', ordinal)}`;
    return ordinal ? `${word.slice(0, -1)}ieth` : word;
  }
  const magnitude = value < 1000 ? 0 : Math.min(magnitudes.length, Math.floor(Math.log10(value) / 3));
  const unit = magnitude === 0 ? 100 : 10 ** (3 * magnitude);
  const times = Math.floor(value / unit);
  const rest = value - times * unit;
  const name = magnitude === 0 ? 'Hundred' : magnitudes[magnitude - 1];
  const word = `${before === '' ? '' : ', '}${words(times, '', false)} ${name}`;
  if (rest > 0) return word + words(rest, rest < 100 ? ' and ' : ', ', ordinal);
  return ordinal ? `${word}th` : word;
}

/** The words that a text of number words may hold, in lower case, with their values. */
export function wordValues(): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const list of [few, fewOrdinals])
    for (const [value, word] of list.entries()) values.set(word.toLowerCase(), value);
  for (const [index, word] of [...tens, 'Hundred'].entries()) {
    const lower = word.toLowerCase();
    values.set(lower, (index + 2) * 10);
    values.set(`${lower.slice(0, -1)}ieth`, (index + 2) * 10);
  }
  values.set('hundredth', 100);
  for (const [index, word] of magnitudes.entries()) {
    const value = 10 ** (3 * (index + 1));
    values.set(word.toLowerCase(), value);
    values.set(`${word.toLowerCase()}th`, value);
  }
  return values;
}

/** The value of lower-case words; NaN when one of them is no number. */
export function parseWords(text: string): number {
  const values = wordValues();
  const parts: number[] = [0]; // from the largest magnitude to the smallest
  for (const word of text.split(/,\s|\sand\s|[\s\\-]/)) {
    const value = values.get(word) ?? Number.NaN;
    const last = parts.pop() ?? 0;
    if (!(value < 100)) parts.push(last * value);
    else if (last >= 1000) parts.push(last, value);
    else parts.push(last + value);
  }
  return parts.reduce((sum, part) => sum + part, 0);
}
