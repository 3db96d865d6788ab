import { javaRandom } from '../java-random.ts';
import type { Randomness } from '../evaluation.ts';
import { dialectFunctions } from './dialect-functions.ts';
import { memoryExceeded, timeExceeded } from './meter.ts';

/** jsonata gives its functions this as `this`. */
interface Focus {
  readonly environment: { readonly timestamp: Date; lookup(name: string): unknown };
}

/** The type of a method, so that an implementation may say what its arguments are: the signature has checked them. */
type Implementation = { method(this: Focus, ...args: unknown[]): unknown }['method'];

export interface OwnFunction {
  readonly name: string;
  readonly implementation: Implementation;
  /** In JSONata's notation: `<n?:n>`. */
  readonly signature: string;
}

/** The step's randomness is bound under this name, which no expression can spell. */
export const randomnessName = 'step randomness';

const longestPad = 6_990_256;

/**
 * The functions that AWS adds, and those of the library that would read the clock, roll dice or never return.
 * @param builtin gives an implementation of the library
 */
export function ownFunctions(
  builtin: (name: string) => (...args: readonly unknown[]) => unknown,
): readonly OwnFunction[] {
  return [
    ...dialectFunctions,
    {
      name: 'now',
      signature: '<s?s?:s>',
      implementation(picture?: string, timezone?: string) {
        return builtin('fromMillis').call(this, this.environment.timestamp.getTime(), picture, timezone);
      },
    },
    {
      name: 'millis',
      signature: '<:n>',
      implementation() {
        return this.environment.timestamp.getTime();
      },
    },
    {
      name: 'uuid',
      signature: '<:s>',
      implementation() {
        return randomness(this).uuid();
      },
    },
    {
      name: 'random',
      signature: '<n?:n>',
      implementation(seed?: number) {
        return seed === undefined ? randomness(this).number() : javaRandom(seed).nextDouble();
      },
    },
    {
      name: 'shuffle',
      signature: '<a:a>',
      implementation(items?: readonly unknown[]) {
        return items && shuffled(items, randomness(this));
      },
    },
    {
      name: 'number',
      signature: '<(nsb)-:n>',
      implementation(value?: unknown) {
        // JSONata 2 also reads other bases.
        const otherBase = typeof value === 'string' && /^0(?:x[0-9a-f]+|b[01]+|o[0-7]+)$/i.test(value);
        return otherBase ? Number(value) : builtin('number').call(this, value);
      },
    },
    {
      name: 'pad',
      signature: '<s-ns?:s>',
      implementation(text: string | undefined, width: number, character?: string) {
        if (Math.abs(width) > longestPad) throw new Error(memoryExceeded);
        return builtin('pad').call(this, text, width, character);
      },
    },
    {
      name: 'formatNumber',
      signature: '<n-so?:s>',
      implementation(value: number | undefined, picture: string, options?: Readonly<Record<string, string>>) {
        if (value !== undefined && neverReturns(value, picture, options)) throw new Error(timeExceeded);
        return builtin('formatNumber').call(this, value, picture, options);
      },
    },
  ];
}

const randomness = (focus: Focus) => focus.environment.lookup(randomnessName) as Randomness;

/** Fisher and Yates. */
function shuffled(items: readonly unknown[], random: Randomness): unknown[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const chosen = Math.floor(random.number() * (last + 1));
    [result[last], result[chosen]] = [result[chosen], result[last]];
  }
  return result;
}

/** The library looks for the exponent by multiplying or dividing until the number fits, which none of these ever does. */
function neverReturns(value: number, picture: string, options: Readonly<Record<string, string>> = {}): boolean {
  const fits = value > 0 && Number.isFinite(value);
  const custom = Object.keys(options).length > 0;
  return !fits && (custom ? picture.includes(options['exponent-separator'] ?? 'e') : /e[0-9]/.test(picture));
}
