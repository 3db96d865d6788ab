import { hashAlgorithms, hashText } from '../hash-text.ts';
import { readArguments } from './arguments.ts';
import { IntrinsicFailure, type Intrinsic } from './intrinsic.ts';

/** `States.Base64…` and `States.Hash`, over UTF-8. */
export const encodingIntrinsics: Readonly<Record<string, Intrinsic>> = {
  'States.Base64Encode': {
    arity: [1, 1],
    apply: (args) => Buffer.from(readArguments(args).shortText(0), 'utf8').toString('base64'),
  },

  'States.Base64Decode': {
    arity: [1, 1],
    apply(args) {
      const text = readArguments(args).shortText(0);
      if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(text))
        throw new IntrinsicFailure('Invalid arguments: argument 1 is not a Base64 text');
      return Buffer.from(text, 'base64').toString('utf8');
    },
  },

  /** Hexadecimal digits. A value that is no text is hashed as its JSON text. */
  'States.Hash': {
    arity: [2, 2],
    apply(args) {
      const { any, text, shortText } = readArguments(args);
      const digits = hashText(typeof any(0) === 'string' ? shortText(0) : JSON.stringify(any(0)), text(1));
      if (digits !== undefined) return digits;
      throw new IntrinsicFailure(`There is no hash algorithm '${text(1)}'; there are ${hashAlgorithms.join(', ')}`);
    },
  },
};
