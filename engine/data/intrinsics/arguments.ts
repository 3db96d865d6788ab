import { isObject, shownJson, type Json, type JsonObject } from '../json.ts';
import { IntrinsicFailure } from './intrinsic.ts';

/** What AWS lets a function that encodes or hashes take. */
const mostCharacters = 10_000;

/** The arguments of a call, each checked as it is taken. Numbers count from 0. */
export interface Arguments {
  readonly all: readonly Json[];
  readonly has: (at: number) => boolean;
  readonly any: (at: number) => Json;
  readonly text: (at: number) => string;
  /** A text of at most 10,000 characters. */
  readonly shortText: (at: number) => string;
  readonly array: (at: number) => readonly Json[];
  readonly object: (at: number) => JsonObject;
  /** A number, rounded to a whole one as Java rounds: halves go up. */
  readonly integer: (at: number) => number;
}

/** @throws IntrinsicFailure, from its functions, when an argument is of another kind */
export function readArguments(all: readonly Json[]): Arguments {
  const any = (at: number): Json => all[at] ?? null;
  const wrong = (at: number, expected: string) =>
    new IntrinsicFailure(`Invalid arguments: argument ${at + 1} must be ${expected}, but was ${shownJson(any(at))}`);
  const text = (at: number): string => {
    const value = any(at);
    if (typeof value !== 'string') throw wrong(at, 'a string');
    return value;
  };
  return {
    all,
    any,
    text,
    has: (at) => at < all.length,
    shortText(at) {
      const value = text(at);
      if (value.length <= mostCharacters) return value;
      throw new IntrinsicFailure(
        `Invalid arguments: argument ${at + 1} has ${value.length} characters, at most ${mostCharacters} can be used`,
      );
    },
    array(at) {
      const value = any(at);
      if (!Array.isArray(value)) throw wrong(at, 'an array');
      return value;
    },
    object(at) {
      const value = any(at);
      if (!isObject(value)) throw wrong(at, 'an object');
      return value;
    },
    integer(at) {
      const value = any(at);
      if (typeof value !== 'number') throw wrong(at, 'a number');
      return Math.round(value) + 0; // no negative zero
    },
  };
}
