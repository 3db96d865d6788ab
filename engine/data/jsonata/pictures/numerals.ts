import { allocate, type Meter } from '../meter.ts';

const romans: readonly (readonly [value: number, letters: string])[] = [
  [1000, 'm'],
  [900, 'cm'],
  [500, 'd'],
  [400, 'cd'],
  [100, 'c'],
  [90, 'xc'],
  [50, 'l'],
  [40, 'xl'],
  [10, 'x'],
  [9, 'ix'],
  [5, 'v'],
  [4, 'iv'],
  [1, 'i'],
];
const romanValues = new Map([
  ['M', 1000],
  ['D', 500],
  ['C', 100],
  ['L', 50],
  ['X', 10],
  ['V', 5],
  ['I', 1],
]);

/** Lower-case roman numerals: one m for each thousand. */
export function romanOf(value: number, meter: Meter): string {
  allocate(meter, value > 0 ? value / 1000 : 0);
  let rest = value;
  let text = '';
  for (const [worth, letters] of romans) {
    const times = Math.floor(rest / worth);
    text += letters.repeat(times);
    rest -= times * worth;
  }
  return text;
}

/** @param roman upper case; NaN when it holds other letters */
export function parseRoman(roman: string): number {
  let sum = 0;
  let most = 1;
  for (const letter of Array.from(roman).reverse()) {
    const value = romanValues.get(letter) ?? Number.NaN;
    if (value < most) sum -= value;
    else {
      most = value;
      sum += value;
    }
  }
  return sum;
}

/** As spreadsheets name columns: a … z, aa, ab … @param first the letter for 1 */
export function lettersOf(value: number, first: 'A' | 'a'): string {
  let text = '';
  for (let rest = value; rest > 0; rest = Math.floor((rest - 1) / 26))
    text = String.fromCharCode(((rest - 1) % 26) + first.charCodeAt(0)) + text;
  return text;
}

export function parseLetters(letters: string, first: 'A' | 'a'): number {
  let value = 0;
  for (let at = 0; at < letters.length; at++)
    value += (letters.charCodeAt(letters.length - at - 1) - first.charCodeAt(0) + 1) * 26 ** at;
  return value;
}
