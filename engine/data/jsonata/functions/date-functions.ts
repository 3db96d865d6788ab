import type { Run } from '../evaluator/frame.ts';
import { failure } from '../failure.ts';
import { spend } from '../meter.ts';
import { formatDate } from '../pictures/format-date.ts';
import { parseDate } from '../pictures/parse-date.ts';
import { native, type Natives } from './native.ts';

/** (JSONata, "Date/Time functions") All see the instant of the evaluation. */
export const dateFunctions: Natives = {
  now: native('<s?s?:s>', 2, (run: Run, picture?: string, timezone?: string) =>
    formatDate(run.now, picture, timezone, run.meter),
  ),
  millis: native('<:n>', 0, (run) => run.now),
  fromMillis: native('<n-s?s?:s>', 3, (run: Run, millis?: number, picture?: string, timezone?: string) =>
    millis === undefined ? undefined : formatDate(millis, picture, timezone, run.meter),
  ),
  toMillis: native('<s-s?:n>', 2, (run: Run, text?: string, picture?: string) => {
    if (text === undefined) return undefined;
    spend(run.meter, text.length >> 4);
    return picture === undefined ? fromIso(text) : parseDate(text, picture, run.now, run.meter);
  }),
};

const iso = /^\d{4}(-[01]\d)*(-[0-3]\d)*(T[0-2]\d:[0-5]\d:[0-5]\d)*(\.\d+)?([+-][0-2]\d:?[0-5]\d|Z)?$/;
/** Longer texts are no dates, and would keep the expression busy. */
const longestIso = 1000;

function fromIso(text: string): number {
  if (text.length > longestIso || !iso.test(text)) throw failure('D3110', { value: text });
  return Date.parse(text);
}
