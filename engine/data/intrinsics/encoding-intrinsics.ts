import { hashText } from '../hash-text.ts';
import { readArguments } from './arguments.ts';
import { InvalidArguments, type Intrinsic } from './intrinsic.ts';

/** `States.Base64…` and `States.Hash`, over UTF-8. */
export const encodingIntrinsics: Readonly<Record<string, Intrinsic>> = {
  'States.Base64Encode': {
    arity: [1, 1],
    apply: (args) => Buffer.from(readArguments(args).shortText(0), 'utf8').toString('base64'),
  },

  /** Lenient, as recorded on AWS: `=` ends the text, and what is no Base64 before it is passed over. */
  'States.Base64Decode': {
    arity: [1, 1],
    apply(args) {
      const [digits = ''] = readArguments(args).shortText(0).split('=');
      return Buffer.from(digits.replaceAll(/[^A-Za-z0-9+/_-]/g, ''), 'base64').toString('utf8');
    },
  },

  /** Hexadecimal digits. A value that is no text is hashed as its JSON text. */
  'States.Hash': {
    arity: [2, 2],
    apply(args) {
      const { any, text, shortText } = readArguments(args);
      const digits = hashText(typeof any(0) === 'string' ? shortText(0) : JSON.stringify(any(0)), text(1));
      if (digits === undefined) throw new InvalidArguments();
      return digits;
    },
  },
};
