import type { Run } from '../evaluator/frame.ts';
import { failure } from '../failure.ts';
import { javaRandom } from '../../java-random.ts';
import { spend } from '../meter.ts';
import { native, type Native, type Natives } from './native.ts';
import { roundHalfEven } from './round-half-even.ts';

/** (JSONata, "Numeric functions" and "Aggregation functions"); those that take pictures are in picture-functions.ts. */
export const numberFunctions: Natives = {
  number: native('<(nsb)-:n>', 1, (_, value?: unknown) => toNumber(value)),
  abs: each(Math.abs),
  floor: each(Math.floor),
  ceil: each(Math.ceil),
  round: native('<n-n?:n>', 2, (_, value?: number, precision?: number) =>
    value === undefined ? undefined : roundHalfEven(value, precision),
  ),
  sqrt: each((value) => {
    if (value < 0) throw failure('D3060', { value, index: 1 });
    return Math.sqrt(value);
  }),
  power: native('<n-n:n>', 2, (_, base: number | undefined, exponent: number) => {
    if (base === undefined) return undefined;
    const result = base ** exponent;
    if (!Number.isFinite(result)) throw failure('D3061', { value: base, exp: exponent, index: 1 });
    return result;
  }),
  random: native('<n?:n>', 1, (run: Run, seed?: number) =>
    seed === undefined ? run.random.number() : javaRandom(seed).nextDouble(),
  ),
  formatBase: native('<n-n?:s>', 2, (_, value?: number, radix?: number) => {
    if (value === undefined) return undefined;
    const base = radix === undefined ? 10 : roundHalfEven(radix);
    if (base < 2 || base > 36) throw failure('D3100', { value: base });
    return roundHalfEven(value).toString(base);
  }),
  sum: aggregate((numbers) => total(numbers)),
  average: aggregate((numbers) => (numbers.length === 0 ? undefined : total(numbers) / numbers.length)),
  max: aggregate((numbers) => (numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.max(a, b)))),
  min: aggregate((numbers) => (numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.min(a, b)))),
};

function each(calculate: (value: number) => number): Native {
  return native('<n-:n>', 1, (_, value?: number) => (value === undefined ? undefined : calculate(value)));
}

function aggregate(calculate: (numbers: readonly number[]) => number | undefined): Native {
  return native('<a<n>:n>', 1, (run: Run, numbers?: readonly number[]) => {
    if (numbers === undefined) return undefined;
    spend(run.meter, numbers.length);
    return calculate(numbers);
  });
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

const decimal = /^-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?$/;
/** As JSONata tells them: what only contains such a number may turn out to be none. */
const otherBase = /^(0[xX][0-9A-Fa-f]+)|(0[oO][0-7]+)|(0[bB][0-1]+)$/;

function toNumber(value: unknown): number | undefined {
  if (value === undefined || typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'string' && decimal.test(value) && Number.isFinite(Number(value))) return Number(value);
  if (typeof value === 'string' && otherBase.test(value)) return Number(value);
  throw failure('D3030', { value, index: 1 });
}
