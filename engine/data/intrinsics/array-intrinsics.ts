import { javaSet } from '../java-set.ts';
import { readArguments } from './arguments.ts';
import { InvalidArguments, type Intrinsic } from './intrinsic.ts';
import { javaText } from './java-text.ts';

const longestRange = 1000;

/** `States.Array…`. What their numbers have behind the point is cut off, as recorded on AWS. */
export const arrayIntrinsics: Readonly<Record<string, Intrinsic>> = {
  'States.Array': { arity: [0, Infinity], apply: (args) => args },

  'States.ArrayPartition': {
    arity: [2, 2],
    apply(args) {
      const { array, truncated } = readArguments(args);
      const [items, size] = [array(0), truncated(1)];
      if (size < 1) throw new InvalidArguments();
      return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
    },
  },

  /** Compares the values as Java prints them, as recorded on AWS: `true` is in `['true']`. */
  'States.ArrayContains': {
    arity: [2, 2],
    apply(args) {
      const { array, any } = readArguments(args);
      const wanted = javaText(any(1));
      return array(0).some((item) => javaText(item) === wanted);
    },
  },

  /** Both ends included; the step may be negative. */
  'States.ArrayRange': {
    arity: [3, 3],
    apply(args) {
      const { truncated } = readArguments(args);
      const [first, last, step] = [truncated(0), truncated(1), truncated(2)];
      if (step === 0) throw new InvalidArguments();
      const length = Math.max(0, Math.floor((last - first) / step) + 1);
      if (length > longestRange) throw new InvalidArguments();
      return Array.from({ length }, (_, at) => first + at * step);
    },
  },

  /** An empty array has null everywhere, as recorded on AWS. */
  'States.ArrayGetItem': {
    arity: [2, 2],
    apply(args) {
      const { array, truncated } = readArguments(args);
      const [items, index] = [array(0), truncated(1)];
      const item = items.length === 0 ? null : items[index];
      if (item === undefined) throw new InvalidArguments();
      return item;
    },
  },

  'States.ArrayLength': { arity: [1, 1], apply: (args) => readArguments(args).array(0).length },

  /** The order of the items is that of a Java set. */
  'States.ArrayUnique': { arity: [1, 1], apply: (args) => javaSet(readArguments(args).array(0)) },
};
