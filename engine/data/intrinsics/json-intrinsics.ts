import { shownJson } from '../json.ts';
import { parseJson } from '../parse-json.ts';
import { readArguments } from './arguments.ts';
import { IntrinsicFailure, type Intrinsic } from './intrinsic.ts';

/** `States.StringToJson`, `States.JsonToString`, `States.JsonMerge`. */
export const jsonIntrinsics: Readonly<Record<string, Intrinsic>> = {
  'States.StringToJson': {
    arity: [1, 1],
    apply(args) {
      const text = readArguments(args).text(0);
      try {
        return parseJson(text);
      } catch (thrown) {
        throw new IntrinsicFailure(`Invalid JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}`, {
          cause: thrown,
        });
      }
    },
  },

  'States.JsonToString': { arity: [1, 1], apply: (args) => JSON.stringify(readArguments(args).any(0)) },

  /** Of two members of one name the second object's stays. */
  'States.JsonMerge': {
    arity: [3, 3],
    apply(args) {
      const { object, any } = readArguments(args);
      if (any(2) !== false)
        throw new IntrinsicFailure(
          `Invalid arguments: only a shallow merge is supported, argument 3 must be false, but was ${shownJson(any(2))}`,
        );
      return { ...object(0), ...object(1) };
    },
  },
};
