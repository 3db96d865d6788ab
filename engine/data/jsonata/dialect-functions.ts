import { hashAlgorithms, hashText } from '../hash-text.ts';
import type { Json } from '../json.ts';
import { parseJson } from '../parse-json.ts';
import type { OwnFunction } from './own-functions.ts';

/**
 * The functions AWS adds to JSONata that need nothing but their arguments; one that gets nothing gives nothing.
 * (Step Functions Developer Guide, "Transforming data with JSONata")
 */
export const dialectFunctions: readonly OwnFunction[] = [
  { name: 'partition', signature: '<an:a>', implementation: partition },
  { name: 'range', signature: '<nnn:a>', implementation: range },
  { name: 'hash', signature: '<ss:s>', implementation: hash },
  { name: 'parse', signature: '<s:x>', implementation: parse },
];

/** Chunks of `size` items, the last one perhaps shorter. */
function partition(items?: readonly unknown[], size?: number): unknown[][] | undefined {
  if (items === undefined || size === undefined || items.length === 0) return undefined;
  const length = Math.trunc(size);
  if (length < 0) throw new Error(`$partition: the size of a chunk must be a positive number, it was ${size}`);
  if (length === 0) return undefined;
  return Array.from({ length: Math.ceil(items.length / length) }, (_, at) =>
    items.slice(at * length, (at + 1) * length),
  );
}

/** Numbers from `first` by `step` up to `last`, which is included where the steps land on it; all truncated towards zero. */
function range(first?: number, last?: number, step?: number): number[] | undefined {
  if (first === undefined || last === undefined || step === undefined) return undefined;
  const [from, to, by] = [Math.trunc(first), Math.trunc(last), Math.trunc(step)];
  const length = by === 0 ? 0 : Math.max(0, Math.floor((to - from) / by) + 1);
  if (!(length <= 10_000_000)) throw new Error(`$range: ${length} numbers asked for, 10000000 can be made`);
  const numbers = Array.from({ length }, (_, at) => from + at * by);
  // A sequence of one number is that number, as recorded on AWS: $range(1, 9, 9) gives 1.
  return Object.defineProperty(numbers, 'sequence', { value: true });
}

/** Hexadecimal digits, of the text as UTF-8. */
function hash(data?: string, algorithm?: string): string | undefined {
  if (data === undefined || algorithm === undefined) return undefined;
  const digits = hashText(data, algorithm);
  if (digits !== undefined) return digits;
  throw new Error(`$hash: there is no algorithm '${algorithm}'; there are ${hashAlgorithms.join(', ')}`);
}

function parse(text?: string): Json | undefined {
  return text === undefined ? undefined : parseJson(text);
}
