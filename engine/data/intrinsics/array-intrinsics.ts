import { canonicalJson, jsonEqual } from '../canonical-json.ts';
import { readArguments } from './arguments.ts';
import { IntrinsicFailure, type Intrinsic } from './intrinsic.ts';

const longestRange = 1000;

/** `States.Array…`. */
export const arrayIntrinsics: Readonly<Record<string, Intrinsic>> = {
  'States.Array': { arity: [0, Infinity], apply: (args) => args },

  'States.ArrayPartition': {
    arity: [2, 2],
    apply(args) {
      const { array, integer } = readArguments(args);
      const [items, size] = [array(0), integer(1)];
      if (size < 1)
        throw new IntrinsicFailure(`Invalid arguments: the size of a chunk must be a positive number, but was ${size}`);
      return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
    },
  },

  'States.ArrayContains': {
    arity: [2, 2],
    apply(args) {
      const { array, any } = readArguments(args);
      return array(0).some((item) => jsonEqual(item, any(1)));
    },
  },

  /** Both ends included; the step may be negative. */
  'States.ArrayRange': {
    arity: [3, 3],
    apply(args) {
      const { integer } = readArguments(args);
      const [first, last, step] = [integer(0), integer(1), integer(2)];
      if (step === 0) throw new IntrinsicFailure('Invalid arguments: the step of a range cannot be 0');
      const length = Math.max(0, Math.floor((last - first) / step) + 1);
      if (length > longestRange)
        throw new IntrinsicFailure(`The range has ${length} numbers, at most ${longestRange} can be made`);
      return Array.from({ length }, (_, at) => first + at * step);
    },
  },

  'States.ArrayGetItem': {
    arity: [2, 2],
    apply(args) {
      const { array, integer } = readArguments(args);
      const [items, index] = [array(0), integer(1)];
      const item = items[index];
      if (item === undefined)
        throw new IntrinsicFailure(`The index ${index} is outside of the array, which has ${items.length} items`);
      return item;
    },
  },

  'States.ArrayLength': { arity: [1, 1], apply: (args) => readArguments(args).array(0).length },

  /** The first of equal items stays, in its place. */
  'States.ArrayUnique': {
    arity: [1, 1],
    apply(args) {
      const seen = new Set<string>();
      return readArguments(args)
        .array(0)
        .filter((item) => {
          const text = canonicalJson(item);
          return !seen.has(text) && seen.add(text);
        });
    },
  },
};
