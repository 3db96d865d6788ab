import type { Run } from '../evaluator/frame.ts';
import { asSequence, type List } from '../evaluator/list.ts';
import { hashAlgorithms, hashText } from '../../hash-text.ts';
import type { Json } from '../../json.ts';
import { parseJson } from '../../parse-json.ts';
import { JsonataFailure } from '../failure.ts';
import { allocate, allocateList, spend } from '../meter.ts';
import { native, type Natives } from './native.ts';

/**
 * The functions AWS adds to JSONata; one that gets nothing gives nothing. `$random` and `$uuid` stand with the numbers and values.
 * (Step Functions Developer Guide, "Transforming data with JSONata")
 */
export const dialectFunctions: Natives = {
  partition: native('<an:a>', 2, partition),
  range: native('<nnn:a>', 3, range),
  hash: native('<ss:s>', 2, hash),
  parse: native('<s:x>', 1, parse),
};

/** Chunks of `size` items, the last one perhaps shorter. */
function partition(run: Run, items?: readonly unknown[], size?: number): unknown[][] | undefined {
  if (items === undefined || size === undefined || items.length === 0) return undefined;
  const length = Math.trunc(size);
  if (length < 0) throw refused(`$partition: the size of a chunk must be a positive number, it was ${size}`);
  if (length === 0) return undefined;
  allocateList(run.meter, items.length);
  return Array.from({ length: Math.ceil(items.length / length) }, (_, at) =>
    items.slice(at * length, (at + 1) * length),
  );
}

/** Numbers from `first` by `step` up to `last`, which is included where the steps land on it; all truncated towards zero. */
function range(run: Run, first?: number, last?: number, step?: number): List | undefined {
  if (first === undefined || last === undefined || step === undefined) return undefined;
  const [from, to, by] = [Math.trunc(first), Math.trunc(last), Math.trunc(step)];
  const length = by === 0 ? 0 : Math.max(0, Math.floor((to - from) / by) + 1);
  if (!(length <= 10_000_000)) throw refused(`$range: ${length} numbers asked for, 10000000 can be made`);
  allocateList(run.meter, length);
  spend(run.meter, length);
  // A sequence of one number is that number, as recorded on AWS: $range(1, 9, 9) gives 1.
  return asSequence(Array.from({ length }, (_, at) => from + at * by));
}

/** Hexadecimal digits, of the text as UTF-8. */
function hash(run: Run, data?: string, algorithm?: string): string | undefined {
  if (data === undefined || algorithm === undefined) return undefined;
  spend(run.meter, data.length >> 3);
  const digits = hashText(data, algorithm);
  if (digits !== undefined) return digits;
  throw refused(`$hash: there is no algorithm '${algorithm}'; there are ${hashAlgorithms.join(', ')}`);
}

function parse(run: Run, text?: string): Json | undefined {
  if (text === undefined) return undefined;
  spend(run.meter, text.length >> 2);
  allocate(run.meter, text.length);
  try {
    return parseJson(text);
  } catch (thrown) {
    throw refused(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

const refused = (message: string): JsonataFailure => new JsonataFailure(undefined, message);
