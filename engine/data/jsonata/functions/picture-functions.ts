import type { Run } from '../evaluator/frame.ts';
import { outOfTime } from '../meter.ts';
import { formatInteger } from '../pictures/format-integer.ts';
import { formatNumber } from '../pictures/format-number.ts';
import { readIntegerPicture } from '../pictures/integer-picture.ts';
import { parseInteger } from '../pictures/parse-integer.ts';
import { native, type Natives } from './native.ts';

/** (JSONata, "Numeric functions") */
export const pictureFunctions: Natives = {
  formatNumber: native(
    '<n-so?:s>',
    3,
    (run: Run, value: number | undefined, picture: string, options?: Readonly<Record<string, string>>) =>
      value === undefined ? undefined : formatNumber(value, picture, options, run.meter),
  ),
  formatInteger: native('<n-s:s>', 2, (run: Run, value: number | undefined, picture: string) => {
    if (value === undefined) return undefined;
    if (!Number.isFinite(value)) throw outOfTime(); // no picture comes to its end
    return formatInteger(Math.floor(value), readIntegerPicture(picture), run.meter);
  }),
  parseInteger: native('<s-s:n>', 2, (_, text: string | undefined, picture: string) =>
    text === undefined ? undefined : parseInteger(text, readIntegerPicture(picture)),
  ),
};
