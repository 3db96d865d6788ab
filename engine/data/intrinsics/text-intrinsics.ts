import { formatText } from './format-text.ts';
import { readArguments } from './arguments.ts';
import type { Intrinsic } from './intrinsic.ts';

/** `States.Format`, `States.StringSplit`, `States.UUID`. */
export const textIntrinsics: Readonly<Record<string, Intrinsic>> = {
  'States.Format': {
    arity: [1, Infinity],
    apply(args) {
      const { text, all } = readArguments(args);
      return formatText(text(0), all.slice(1));
    },
  },

  /** Every character of the second text separates; empty parts are left out. */
  'States.StringSplit': {
    arity: [2, 2],
    apply(args) {
      const { text } = readArguments(args);
      const separators = new Set(text(1));
      const parts = [''];
      for (const character of text(0)) {
        if (separators.has(character)) parts.push('');
        else parts.push((parts.pop() ?? '') + character);
      }
      return parts.filter((part) => part !== '');
    },
  },

  /** Arguments count for nothing, as recorded on AWS. */
  'States.UUID': { arity: [0, Infinity], apply: (_, random) => random.uuid() },
};
