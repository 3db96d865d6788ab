import { javaRandom } from '../java-random.ts';
import { readArguments } from './arguments.ts';
import { IntrinsicFailure, type Intrinsic } from './intrinsic.ts';

const [smallest, largest] = [-2_147_483_648, 2_147_483_647];

/** `States.MathAdd`, `States.MathRandom`. Their numbers are Java's `int`. */
export const mathIntrinsics: Readonly<Record<string, Intrinsic>> = {
  'States.MathAdd': {
    arity: [2, 2],
    apply(args) {
      const { integer } = readArguments(args);
      return within(within(integer(0)) + within(integer(1)));
    },
  },

  /** From the first number, included, to the second, not included. The same seed gives the same number. */
  'States.MathRandom': {
    arity: [2, 3],
    apply(args, random) {
      const { integer, has } = readArguments(args);
      const [first, end] = [within(integer(0)), within(integer(1))];
      const width = end - first;
      if (width < 1)
        throw new IntrinsicFailure(
          `Invalid arguments: the end ${end} of the range must be greater than its start ${first}`,
        );
      if (has(2) && width <= largest) return first + javaRandom(integer(2)).nextInt(width);
      return first + Math.floor((has(2) ? javaRandom(integer(2)).nextDouble() : random.number()) * width);
    },
  },
};

function within(number: number): number {
  if (number >= smallest && number <= largest) return number;
  throw new IntrinsicFailure(
    `Invalid arguments: numbers must lie between ${smallest} and ${largest}, but there was ${number}`,
  );
}
