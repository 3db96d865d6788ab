import { isObject, type Json, type JsonObject } from '../json.ts';
import { InvalidArguments } from './intrinsic.ts';

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
  readonly rounded: (at: number) => number;
  /** A number without its fraction. */
  readonly truncated: (at: number) => number;
}

/** @throws InvalidArguments, from its functions, when an argument is of another kind */
export function readArguments(all: readonly Json[]): Arguments {
  const any = (at: number): Json => all[at] ?? null;
  const text = (at: number): string => {
    const value = any(at);
    if (typeof value !== 'string') throw new InvalidArguments();
    return value;
  };
  const number = (at: number): number => {
    const value = any(at);
    if (typeof value !== 'number') throw new InvalidArguments();
    return value;
  };
  return {
    all,
    any,
    text,
    has: (at) => at < all.length,
    shortText(at) {
      const value = text(at);
      if (value.length > mostCharacters) throw new InvalidArguments();
      return value;
    },
    array(at) {
      const value = any(at);
      if (!Array.isArray(value)) throw new InvalidArguments();
      return value;
    },
    object(at) {
      const value = any(at);
      if (!isObject(value)) throw new InvalidArguments();
      return value;
    },
    rounded: (at) => Math.round(number(at)) + 0, // no negative zero
    truncated: (at) => Math.trunc(number(at)) + 0,
  };
}
