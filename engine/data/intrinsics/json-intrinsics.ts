import { redactedSyntaxError } from '../json-syntax.ts';
import type { Json } from '../json.ts';
import { parseJson } from '../parse-json.ts';
import { readArguments } from './arguments.ts';
import { IntrinsicFailure, InvalidArguments, type Intrinsic } from './intrinsic.ts';

/**
 * `States.StringToJson`, `States.JsonToString`, `States.JsonMerge`.
 * No recording shows what a deep merge is refused with, nor a text nested too deeply.
 */
export const jsonIntrinsics: Readonly<Record<string, Intrinsic>> = {
  'States.StringToJson': { arity: [1, 1], apply: (args) => jsonOf(readArguments(args).text(0)) },

  'States.JsonToString': {
    arity: [0, Infinity],
    apply(args) {
      if (args.length === 1) return JSON.stringify(readArguments(args).any(0));
      throw new IntrinsicFailure('Invalid arguments in States.JsonToString: only a single argument is allowed.');
    },
  },

  /** Of two members of one name the second object's stays. Only `true` asks for a deep merge, which there is none of. */
  'States.JsonMerge': {
    arity: [3, 3],
    apply(args) {
      const { object, any } = readArguments(args);
      if (any(2) === true) throw new InvalidArguments();
      return { ...object(0), ...object(1) };
    },
  },
};

/** A text of nothing is null, as recorded on AWS. */
function jsonOf(text: string): Json {
  if (text.trim() === '') return null;
  try {
    return parseJson(text);
  } catch (thrown) {
    const reason = redactedSyntaxError(text) ?? (thrown instanceof Error ? thrown.message : String(thrown));
    throw new IntrinsicFailure(`Cannot convert String to Json in States.StringToJson, caused by: ${reason}`, {
      cause: thrown,
    });
  }
}
