import { javaRandom } from '../java-random.ts';
import { readArguments } from './arguments.ts';
import { InvalidArguments, type Intrinsic } from './intrinsic.ts';

const [smallest, largest] = [-2_147_483_648, 2_147_483_647];

/** `States.MathAdd`, `States.MathRandom`. Their numbers are Java's `int`. */
export const mathIntrinsics: Readonly<Record<string, Intrinsic>> = {
  'States.MathAdd': {
    arity: [2, 2],
    apply(args) {
      const { rounded } = readArguments(args);
      return within(within(rounded(0)) + within(rounded(1)));
    },
  },

  /** From the first number, included, to the second, not included. The same seed gives the same number. */
  'States.MathRandom': {
    arity: [2, 3],
    apply(args, random) {
      const { truncated, has } = readArguments(args);
      const [first, end] = [within(truncated(0)), within(truncated(1))];
      const width = end - first;
      if (width < 1) throw new InvalidArguments();
      if (has(2) && width <= largest) return first + javaRandom(truncated(2)).nextInt(width);
      return first + Math.floor((has(2) ? javaRandom(truncated(2)).nextDouble() : random.number()) * width);
    },
  },
};

function within(number: number): number {
  if (number >= smallest && number <= largest) return number;
  throw new InvalidArguments();
}
